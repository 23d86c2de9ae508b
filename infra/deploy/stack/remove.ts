/** `npm run remove`: says what goes with a stack and what stays, asks, and runs osls. */
import { spawnSync } from 'node:child_process';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { agreed } from './agreed.ts';
import { keepsData } from './stage-settings.ts';

const args = process.argv.slice(2).filter((arg) => arg !== '--yes');
const { values } = parseArgs({
  args,
  strict: false,
  options: { stage: { type: 'string', short: 's' } },
});
const stage = String(values.stage ?? 'dev');

const root = fileURLToPath(new URL('../../../', import.meta.url));

console.log(`The stack ljgate-${stage} is removed.`);
console.log(
  keepsData(root, stage)
    ? 'Its tables, its root secret and its audit logs stay, under their names.'
    : 'Its accounts, sessions and audit logs go, and its root secret: no backup of the tables can be used without that.',
);
if (!process.argv.includes('--yes') && !(await agreed(`Remove ljgate-${stage}?`))) {
  console.error('remove: nothing was removed. To remove without a question, add --yes.');
  process.exit(1);
}
const osls = createRequire(import.meta.url).resolve('osls/bin/serverless.js');
const { status } = spawnSync(process.execPath, [osls, 'remove', ...args], { stdio: 'inherit' });
process.exitCode = status ?? 1;
