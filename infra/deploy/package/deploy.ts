/**
 * `npm run deploy`: makes the registry for test events where it is missing, runs osls, and looks whether somebody gets
 * the alarms. The arguments are osls's own; the few that are read here are read as osls reads them.
 */
import { spawnSync } from 'node:child_process';
import { createRequire } from 'node:module';
import { parseArgs } from 'node:util';
import { SchemasClient } from '@aws-sdk/client-schemas';
import { SNSClient } from '@aws-sdk/client-sns';
import { missingReceivers } from './alarm-receivers.ts';
import { ensureRegistry, registryName } from './registry.ts';

const args = process.argv.slice(2);
const { values } = parseArgs({
  args,
  strict: false,
  options: {
    region: { type: 'string', short: 'r' },
    stage: { type: 'string', short: 's' },
    'aws-profile': { type: 'string' },
    param: { type: 'string', multiple: true },
  },
});
const region = String(values.region ?? process.env['AWS_REGION'] ?? 'us-east-1');
if (values['aws-profile'] !== undefined) process.env['AWS_PROFILE'] = String(values['aws-profile']);

if (!values.param?.includes('testEvents=off')) {
  const outcome = await ensureRegistry(new SchemasClient({ region })).catch((error: unknown) => {
    const reason = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
    console.error(`deploy: the registry ${registryName} could not be made: ${reason}`);
    console.error('deploy: without it, deploy with --param testEvents=off');
    process.exit(1);
  });
  if (outcome === 'made') console.log(`Made the registry ${registryName} in ${region}, for test events.`);
}

const osls = createRequire(import.meta.url).resolve('osls/bin/serverless.js');
const { status } = spawnSync(process.execPath, [osls, 'deploy', ...args], { stdio: 'inherit' });
process.exitCode = status ?? 1;
if (status === 0) {
  const notice = await missingReceivers(new SNSClient({ region }), String(values.stage ?? 'dev')).catch(
    (error: unknown) => `Whether somebody gets the alarms could not be asked: ${String(error)}`,
  );
  if (notice !== undefined) console.error(`deploy: ${notice}`);
}
