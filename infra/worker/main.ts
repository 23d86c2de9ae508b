/** `npm run worker`: the Worker on this machine, in the real workerd, with demo accounts in a D1 database. */
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { demoAccounts } from '../site/demo.ts';
import { placesIn, prepareLocal } from './prepare.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
const config = join(root, 'wrangler.jsonc');
const places = placesIn(process.env['LJGATE_WORKER_HOME'] ?? root);

// Neither telemetry, nor a look for updates, nor the sample of Cloudflare's own data about requests: nothing is fetched.
process.env['WRANGLER_HIDE_BANNER'] ??= 'true';
process.env['WRANGLER_SEND_METRICS'] ??= 'false';
process.env['CLOUDFLARE_CF_FETCH_ENABLED'] ??= 'false';

await prepareLocal(places, config);

const others = demoAccounts.map(({ username }) => username).filter((name) => name !== 'test');
console.log(`
DEMO: these accounts and their passwords are public.
  test / test
  ${others.join(', ')} / demo
`);

const wrangler = join(root, 'node_modules/wrangler/bin/wrangler.js');
const flags = ['--config', config, '--persist-to', places.state, '--env-file', places.variables];
const args = ['dev', ...flags, '--local', '--var', 'LJGATE_DEMO:on', ...process.argv.slice(2)];
const child = spawn(process.execPath, [wrangler, ...args], { cwd: root, stdio: 'inherit' });
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => child.kill(signal));
child.on('exit', (code) => process.exit(code ?? 1));
