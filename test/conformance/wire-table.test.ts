/** The same answer to the same bytes: on Node, on Lambda behind every front end, on the Worker, behind proxies. */
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { afterAll, beforeAll, describe, vi } from 'vitest';
import { lambdaHandler } from '../../functions/runtime/lambda/endpoint-handler.ts';
import { flatEndpoint } from '../../functions/wire/flat/flat-endpoint.ts';
import { xmlrpcEndpoint } from '../../functions/wire/xmlrpc/xmlrpc-endpoint.ts';
import { openStore } from '../../infra/stores/open-by-uri.ts';
import { lambdaTransport, socketTransport } from '../hostile/transports.ts';
import type { FrontEnd } from '../support/events.ts';
import { freePort, listening, proxyConfig, startCaddy, startNginx, withPorts } from '../support/proxies.ts';
import { requireProgram } from '../support/requirements.ts';
import { freshFolder, type Ljgate, startLjgate } from '../support/server.ts';
import { startWorker } from '../support/worker.ts';
import type { RunningWorker } from '../support/wrangler.ts';
import { describeTable } from './describe-table.ts';
import { behindPaths, wireTable } from './wire-table.ts';

const open = ['--demo', '--login-ban', 'off'];
const everything = [...wireTable, ...behindPaths];

let server: Ljgate;
let worker: RunningWorker | undefined;
const proxies: ChildProcess[] = [];
beforeAll(async () => {
  server = await startLjgate(...open, '--store', 'memory', '--trust-proxy', '127.0.0.1');
});
afterAll(async () => {
  for (const proxy of proxies) {
    proxy.kill('SIGTERM');
    if (proxy.exitCode === null) await once(proxy, 'exit');
  }
  await worker?.stop();
  await server.stop();
});

describeTable('the Node server', everything, async () => socketTransport(server.url));

// workerd closes on a body that it refused unread; Cloudflare's edge takes it off the client.
const forWorker = everything.filter(({ status }) => status !== 413);

describeTable('the Worker', forWorker, async () => {
  worker = await startWorker({ variables: { LJGATE_LOGIN_BAN: 'off', LJGATE_DEMO: 'on' } });
  return socketTransport(worker.url);
});

describe.each([
  ['nginx', 'nginx.conf', startNginx, ['nginx']],
  ['Caddy', 'Caddyfile', startCaddy, ['caddy', 'version']],
] as const)('behind the shipped config of', (name, file, start, [program, ...probe]) => {
  // What is for no endpoint belongs to the site behind the proxy.
  const rows = everything.filter(({ status }) => status !== 404);
  describe.skipIf(!requireProgram(program, ...probe))(name, () => {
    describeTable('the Node server', rows, async () => {
      const port = await freePort();
      const ports = { listen: port, ljgate: server.url.port, site: await freePort() };
      proxies.push(await start(withPorts(proxyConfig(file), ports)));
      await listening(port);
      return socketTransport(new URL(`http://127.0.0.1:${port}`));
    });
  });
});

const frontEnds: readonly FrontEnd[] = [
  'http-api',
  'http-api-stage',
  'function-url',
  'rest-api',
  'alb',
  'alb-multi-value',
];

describe('the Lambda functions behind', () => {
  let variables: Record<string, string>;
  beforeAll(async () => {
    vi.spyOn(process.stdout, 'write').mockReturnValue(true);
    variables = await demoVariables();
  });
  afterAll(() => void vi.restoreAllMocks());

  describe.each(frontEnds)('%s', (frontEnd) => {
    describeTable('with bodies in base64', everything, async () => {
      const functions = {
        flat: lambdaHandler(flatEndpoint, openStore, variables),
        xmlrpc: lambdaHandler(xmlrpcEndpoint, openStore, variables),
      };
      return lambdaTransport(functions, frontEnd, 'base64');
    });
  });
});

/** Variables of functions over a database with the demo accounts. */
async function demoVariables(): Promise<Record<string, string>> {
  const folder = await freshFolder();
  const store = `sqlite:${folder}/lj.sqlite`;
  await (await startLjgate('--demo', '--store', store)).stop();
  return {
    LJGATE_STORE: store,
    LJGATE_SECRET: `${folder}/root-secret.json`,
    LJGATE_LOGIN_BAN: 'off',
  };
}
