/** Workers as they are deployed: bundled by wrangler, run by the real workerd, without the internet. */
import { execFile } from 'node:child_process';
import { rmSync } from 'node:fs';
import { mkdtemp, readdir } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, parse } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { convertV4MiniflareOptions, Log, LogLevel, Miniflare } from 'miniflare';
import * as v from 'valibot';
import { unstable_readConfig } from 'wrangler';
import type { D1Database } from '../../infra/stores/d1/d1-store.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
const wrangler = join(root, 'node_modules/wrangler/bin/wrangler.js');
const run = promisify(execFile);

/** Seconds in which a Worker's calls are counted, as wrangler.jsonc has it; Cloudflare knows 10 and 60. */
export const rateWindow = 60;

/** Variables with which wrangler writes nothing outside its folder and asks nobody on the internet. */
export async function quietly(): Promise<NodeJS.ProcessEnv> {
  const WRANGLER_LOG_PATH = await folderOfOurs();
  return {
    ...process.env,
    WRANGLER_LOG_PATH,
    WRANGLER_HIDE_BANNER: 'true',
    WRANGLER_SEND_METRICS: 'false',
    CLOUDFLARE_CF_FETCH_ENABLED: 'false',
  };
}

async function folderOfOurs(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'ljgate-worker-'));
  process.once('exit', () => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** Runs wrangler to its end; gives what it printed. */
export async function runWrangler(...args: readonly string[]): Promise<string> {
  const { stdout, stderr } = await run(process.execPath, [wrangler, ...args], {
    cwd: root,
    env: await quietly(),
  });
  return stdout + stderr;
}

/** Bundles a Worker as deploying it does; gives the folder, which goes away with this process. */
export async function buildWorker(entry: string): Promise<string> {
  const folder = await folderOfOurs();
  await runWrangler('deploy', entry, '--dry-run', '--outdir', folder);
  return folder;
}

/** A Worker that runs. */
export interface RunningWorker {
  readonly url: URL;
  /** The lines of its log so far. */
  readonly log: readonly Record<string, unknown>[];
  /** Its D1 database. */
  readonly database: D1Database;
  /** Sets off its cron trigger. */
  sweep(): Promise<void>;
  stop(): Promise<void>;
}

interface Cron {
  scheduled(options: { readonly cron: string }): Promise<{ readonly outcome: string }>;
}

/** What a Worker is run with. */
export interface WorkerSetup {
  /** Variables and secrets. */
  readonly variables?: Readonly<Record<string, string>>;
  /** Where D1 keeps its files; memory, if left out. */
  readonly data?: string;
  /** Calls in ten seconds from one address; as good as any number, if left out. */
  readonly calls?: number;
}

const configuration = v.object({
  name: v.string(),
  compatibility_date: v.string(),
  compatibility_flags: v.array(v.string()),
  d1_databases: v.array(v.object({ binding: v.string() })),
  ratelimits: v.array(v.object({ name: v.string(), namespace_id: v.string() })),
});

/** What Cloudflare does before a Worker: it names the caller's address. A test may name another. */
const edge = `export default {
  fetch(request, { WORKER }) {
    const headers = new Headers(request.headers);
    if (!headers.has('CF-Connecting-IP')) headers.set('CF-Connecting-IP', '203.0.113.200');
    return WORKER.fetch(new Request(request, { headers }));
  },
};`;

/** wrangler.jsonc, as wrangler reads it. */
export function readConfiguration(): v.InferOutput<typeof configuration> {
  const config: unknown = unstable_readConfig(
    { config: join(root, 'wrangler.jsonc') },
    { hideWarnings: true },
  );
  return v.parse(configuration, config);
}

/** Runs a bundled Worker with the bindings of wrangler.jsonc. */
export async function runWorker(folder: string, setup: WorkerSetup): Promise<RunningWorker> {
  const { variables = {}, data = false, calls = 1_000_000 } = setup;
  const log: Record<string, unknown>[] = [];
  const config = readConfiguration();
  const limiters = config.ratelimits.map(({ name, namespace_id }) => {
    return [name, { namespace_id, simple: { limit: calls, period: rateWindow } }] as const;
  });
  const worker = new Miniflare(
    convertV4MiniflareOptions({
      workers: [
        {
          name: 'edge',
          modules: true,
          script: edge,
          compatibilityDate: config.compatibility_date,
          serviceBindings: { WORKER: config.name },
          // Workerd's own socket: Miniflare's in front would compress, in chunks, in spite of `no-transform`.
          unsafeDirectSockets: [{ host: '127.0.0.1', port: 0 }],
        },
        {
          name: config.name,
          compatibilityDate: config.compatibility_date,
          compatibilityFlags: config.compatibility_flags,
          bindings: variables,
          ratelimits: Object.fromEntries(limiters),
          d1Databases: config.d1_databases.map(({ binding }) => binding),
          rootPath: folder,
          modules: await modulesIn(folder),
        },
      ],
      d1Persist: data,
      cf: false,
      log: new Log(LogLevel.NONE),
      handleStructuredLogs: ({ message }) => {
        if (message.startsWith('{')) log.push(JSON.parse(message));
      },
    }),
  );
  const url = await worker.unsafeGetDirectURL('edge');
  return {
    url,
    log,
    database: await worker.getD1Database('DB', config.name),
    async sweep() {
      // Of Workers' types, which are globals that would stand against Node's, this is all that is needed.
      const handle: unknown = await worker.getWorker(config.name);
      const { outcome } = await (handle as Cron).scheduled({ cron: '17 * * * *' });
      if (outcome !== 'ok') throw new Error(`the sweep ended with ${outcome}`);
    },
    stop: () => worker.dispose(),
  };
}

/** The entry, which has the only `.js` without a digest in its name, and what was collected beside it. */
async function modulesIn(folder: string) {
  const names = (await readdir(folder)).filter((name) => !/\.map$|^README/.test(name));
  const isEntry = (name: string) => name.endsWith('.js') && !/^[0-9a-f]{40}-/.test(name);
  return names
    .toSorted((a, b) => Number(isEntry(b)) - Number(isEntry(a)))
    .map((name) => ({ type: isEntry(name) ? 'ESModule' : typeOf(name), path: name }) as const);
}

function typeOf(name: string): 'CompiledWasm' | 'Text' {
  return parse(name).ext === '.wasm' ? 'CompiledWasm' : 'Text';
}
