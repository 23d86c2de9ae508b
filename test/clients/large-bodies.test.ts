/** Clients that send a body over the limit without waiting for an answer read the 413 all the same. */
import { type ChildProcess, execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { freePort, listening, proxyConfig, startNginx, withPorts } from '../support/proxies.ts';
import { requireProgram } from '../support/requirements.ts';
import { type Ljgate, startLjgate } from '../support/server.ts';

const run = promisify(execFile);

const clients = [
  ["Python's http.client", 'python3', 'large.py', []],
  ["Perl's LWP", 'perl', 'large.pl', ['-MLWP::UserAgent', '-e1']],
  ["PHP's streams", 'php', 'large.php', ['-r', '1;']],
] as const;

let server: Ljgate;
beforeAll(async () => {
  server = await startLjgate('--demo');
});
afterAll(() => server.stop());

function describeClients(title: string, urlOf: (path: string) => string): void {
  describe.each(clients)(`%s, ${title}`, (_, interpreter, program, probe) => {
    test.skipIf(!requireProgram(interpreter, ...probe)).each(['/interface/flat', '/interface/xmlrpc'])(
      'reads the 413 of %s twenty times of twenty',
      async (path) => {
        const file = fileURLToPath(new URL(`programs/${program}`, import.meta.url));
        const { stdout } = await run(interpreter, [file, urlOf(path)], { timeout: 240_000 });
        expect(JSON.parse(stdout)).toEqual(Array.from({ length: 20 }, () => 413));
      },
    );
  });
}

describeClients('on loopback', (path) => new URL(path, server.url).href);

describe.skipIf(!requireProgram('nginx'))('behind the shipped nginx.conf', () => {
  let nginx: ChildProcess;
  let port: number;
  beforeAll(async () => {
    port = await freePort();
    const ports = { listen: port, ljgate: server.url.port, site: await freePort() };
    nginx = await startNginx(withPorts(proxyConfig('nginx.conf'), ports));
    await listening(port);
  });
  afterAll(() => void nginx.kill());

  describeClients('through nginx', (path) => `http://127.0.0.1:${port}${path}`);
});
