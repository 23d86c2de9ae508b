/** `npm run worker`: the Worker on this machine, in the real workerd, with demo accounts in a D1 database. */
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import * as settings from '../../settings.ts';
import { readSettings } from '../../settings-reader.ts';
import { demoAccounts } from '../../site/demo-accounts.ts';
import { localFiles, prepareLocal } from './prepare.ts';

const root = fileURLToPath(new URL('../../..', import.meta.url));
const config = join(root, 'wrangler.jsonc');
const { workerHome = root } = readSettings('workerDev', { workerHome: settings.workerHome }, process.env);
const files = localFiles(workerHome);

// wrangler sends no telemetry, looks for no update, and fetches no sample of Cloudflare's data about requests.
process.env['WRANGLER_HIDE_BANNER'] ??= 'true';
process.env['WRANGLER_SEND_METRICS'] ??= 'false';
process.env['CLOUDFLARE_CF_FETCH_ENABLED'] ??= 'false';

await prepareLocal(files, config);

const others = demoAccounts.map(({ username }) => username).filter((name) => name !== 'test');
console.log(`
DEMO: these accounts and their passwords are public.
  test / test
  ${others.join(', ')} / demo
`);

const wrangler = join(root, 'node_modules/wrangler/bin/wrangler.js');
const flags = ['--config', config, '--persist-to', files.state, '--env-file', files.variables];
const args = ['dev', ...flags, '--local', '--var', 'LJGATE_DEMO:on', ...process.argv.slice(2)];
const child = spawn(process.execPath, [wrangler, ...args], { cwd: root, stdio: 'inherit' });
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => child.kill(signal));
child.on('exit', (code) => process.exit(code ?? 1));
