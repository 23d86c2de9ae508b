/** A small site in PHP with ljgate in front of it for log-in, sessions and the protocol, behind the shipped nginx. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { jsonLines, ljgate } from '../../support/cli.ts';
import { freePort, listening, proxyConfig, startNginx, withPorts } from '../../support/proxies.ts';
import { freshFolder, type Ljgate, startLjgate } from '../../support/server.ts';

/** An entry that the site has taken. */
export interface Entry {
  readonly by: string;
  readonly event: string;
  /** The names of all arguments that reached the site. */
  readonly sent: readonly string[];
}

/** The running site. */
export interface SmallSite {
  /** Where visitors and clients come. */
  readonly url: URL;
  entries(): readonly Entry[];
  /** The site itself, without anything before it. */
  readonly direct: URL;
  stop(): Promise<void>;
}

/** Starts all three. */
export async function startSmallSite(): Promise<SmallSite> {
  const folder = await freshFolder();
  const store = `sqlite:${join(folder, 'lj.sqlite')}`;
  const place = { folder, env: { LJGATE_STORE: store } };
  const ports = { listen: await freePort(), site: await freePort() };
  const audience = `http://127.0.0.1:${ports.site}`;
  const gateway = await startLjgate(
    ...['--store', store, '--trust-proxy', '127.0.0.1', '--api', 'same', '--upstream', audience],
  );
  const scope = 'accounts:read,accounts:write,verify,sessions';
  const [token] = jsonLines(await ljgate(place, ['tokens', 'add', 'website', '--scope', scope, '--json']));
  const site = startPhp(ports.site, {
    LJGATE_TOKEN: String(token?.['token']),
    LJGATE_API_URL: new URL('/api/v1', gateway.url).href,
    SITE_JWKS: new URL('/.well-known/jwks.json', gateway.url).href,
    SITE_AUDIENCE: audience,
    SITE_FOLDER: folder,
  });
  const config = withPorts(proxyConfig('nginx-public.conf'), { ...ports, ljgate: gateway.url.port });
  const nginx = await startNginx(config);
  await Promise.all([listening(ports.site), listening(ports.listen)]);
  const entries = join(folder, 'entries');
  return {
    url: new URL(`http://127.0.0.1:${ports.listen}`),
    entries: () =>
      existsSync(entries)
        ? readFileSync(entries, 'utf8')
            .trim()
            .split('\n')
            .map((line) => JSON.parse(line))
        : [],
    direct: new URL(audience),
    stop: async () => {
      await Promise.all([end(nginx), end(site), end(gateway)]);
    },
  };
}

function startPhp(port: number, variables: Readonly<Record<string, string>>): ChildProcess {
  const file = fileURLToPath(new URL('./index.php', import.meta.url));
  // Without workers one slow call of ljgate's would keep the pages waiting.
  const env = { ...process.env, ...variables, PHP_CLI_SERVER_WORKERS: '4' };
  return spawn('php', ['-S', `127.0.0.1:${port}`, file], { stdio: 'ignore', env });
}

async function end(process: ChildProcess | Ljgate): Promise<void> {
  if ('stop' in process) return void (await process.stop());
  process.kill('SIGTERM');
  if (process.exitCode === null && process.signalCode === null) await once(process, 'exit');
}
