/** What is deployed to Cloudflare, and what runs on this machine before. */
import { spawn } from 'node:child_process';
import { readFile, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Metafile } from 'esbuild';
import { expect, onTestFinished, test } from 'vitest';
import { localFiles, prepareLocal } from '../../../infra/deploy/worker/prepare.ts';
import { freshFolder } from '../../support/server.ts';
import { quietly, readConfiguration, runWrangler } from '../../support/wrangler.ts';

test('no module of Node’s reaches the Worker, and the bundle is under 1 MB gzipped', async () => {
  const folder = await freshFolder();
  const meta = join(folder, 'meta.json');
  const printed = await runWrangler('deploy', '--dry-run', '--outdir', folder, '--metafile', meta);
  const size = Number(/gzip: ([\d.]+) KiB/.exec(printed)?.[1]);
  expect(size * 1024).toBeLessThan(1_000_000);

  const { inputs }: Metafile = JSON.parse(await readFile(meta, 'utf8'));
  expect(Object.keys(inputs)).toContain('functions/worker.ts');
  const imported = Object.values(inputs).flatMap(({ imports }) => imports);
  const outside = imported.filter(({ external }) => external).map(({ path }) => path);
  const ours = /^<runtime>$|-(simd\.wasm|(commands|console|md5|requests)\.js|icon\.svg|style\.css)$/;
  expect(outside.filter((path) => !ours.test(path))).toEqual([]);
  // Nor what wrangler would put in their place.
  expect(Object.keys(inputs).filter((path) => /^node:|polyfill|unenv/.test(path))).toEqual([]);
  expect(readConfiguration().compatibility_flags).toEqual([]);
});

test('wrangler.jsonc holds nothing secret', async () => {
  const text = await readFile(new URL('../../../wrangler.jsonc', import.meta.url), 'utf8');
  expect(text).not.toMatch(/"vars"|AWS_SECRET|"secret":/);
  expect(text).toContain('"required": ["LJGATE_ROOT_SECRET"]');
});

const main = fileURLToPath(new URL('../../../infra/deploy/worker/worker-dev.ts', import.meta.url));

/** `npm run worker` until it is ready; gives its address and how to end it. */
async function startLocal(home: string) {
  const env = { ...(await quietly()), LJGATE_WORKER_HOME: home };
  const child = spawn(process.execPath, [main, '--port', '0'], { env, stdio: ['ignore', 'pipe', 'pipe'] });
  onTestFinished(() => void child.kill('SIGTERM'));
  let printed = '';
  const url = await new Promise<string>((resolve, reject) => {
    for (const stream of [child.stdout, child.stderr]) {
      stream.on('data', (chunk: Buffer) => {
        printed += chunk.toString();
        const ready = /Ready on (http:\S+)/.exec(printed)?.[1];
        if (ready) resolve(ready);
      });
    }
    child.once('exit', () => reject(new Error(printed)));
  });
  return { url, printed };
}

test('npm run worker makes secret, tables and demo accounts, says so, and serves them', async () => {
  const home = await freshFolder();
  const { url, printed } = await startLocal(home);
  expect(printed).toMatch(/DEMO: .*public\.\n {2}test \/ test\n/);
  const body = 'mode=login&user=test&password=test';
  const reply = await fetch(new URL('/interface/flat', url), { method: 'POST', body });
  expect(await reply.text()).toMatch(/^name\nTest Account\n/m);
  expect(await (await fetch(url)).text()).toContain('data-password="test"');
  expect((await stat(join(home, '.dev.vars'))).mode & 0o777).toBe(0o600);
  const stored = JSON.parse(await readFile(join(home, 'data/root-secret.json'), 'utf8'));
  expect(await readFile(join(home, '.dev.vars'), 'utf8')).toContain(stored.secrets[0].secret);
});

test('npm run worker does not begin anew over a database whose secret is lost', async () => {
  const home = await freshFolder();
  const places = localFiles(home);
  const configuration = fileURLToPath(new URL('../../../wrangler.jsonc', import.meta.url));
  await prepareLocal(places, configuration);
  await prepareLocal(places, configuration);
  await rm(places.secret);
  await expect(prepareLocal(places, configuration)).rejects.toThrow(
    /root-secret.json does not have secret \w{8}, which the database needs: restore it/,
  );
});
