/**
 * `npm run deploy`: shows what would change and asks where something would be lost, deploys with osls, and looks at the
 * result through the front door. The arguments are osls's own, and `--yes`; the few that are read here are read as
 * osls reads them.
 */
import { spawnSync } from 'node:child_process';
import { copyFileSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { CloudFormationClient } from '@aws-sdk/client-cloudformation';
import { SchemasClient } from '@aws-sdk/client-schemas';
import { SNSClient } from '@aws-sdk/client-sns';
import * as v from 'valibot';
import { agreed } from './agreed.ts';
import { missingReceivers } from './alarm-receivers.ts';
import { checkDeployment, describeChecks } from './check-deployment.ts';
import { deployedTemplate, frontDoor } from './deployed-stack.ts';
import { describeChanges, losesSomething, plannedChanges, readTemplate } from './planned-changes.ts';
import { ensureRegistry, registryName } from './registry.ts';
import { stageFaults } from './stage-settings.ts';

/** As much of what osls packaged as is read here. */
const packagedState = v.object({
  service: v.object({
    functions: v.record(v.string(), v.object({ package: v.object({ artifact: v.string() }) })),
    resources: v.object({
      Conditions: v.object({ WithTestEvents: v.object({ 'Fn::Equals': v.tuple([v.string(), v.string()]) }) }),
    }),
  }),
});

const args = process.argv.slice(2).filter((arg) => arg !== '--yes');
const { values } = parseArgs({
  args,
  strict: false,
  options: {
    region: { type: 'string', short: 'r' },
    stage: { type: 'string', short: 's' },
    'aws-profile': { type: 'string' },
  },
});
const region = String(values.region ?? process.env['AWS_REGION'] ?? 'us-east-1');
const stage = String(values.stage ?? 'dev');
if (values['aws-profile'] !== undefined) process.env['AWS_PROFILE'] = String(values['aws-profile']);

const root = fileURLToPath(new URL('../../../', import.meta.url));
const made = join(root, '.serverless');
const osls = createRequire(import.meta.url).resolve('osls/bin/serverless.js');

function run(command: string, ...more: readonly string[]): void {
  const { status } = spawnSync(process.execPath, [osls, command, ...args, ...more], {
    cwd: root,
    stdio: 'inherit',
  });
  if (status !== 0) process.exit(status ?? 1);
}

function stop(...lines: readonly string[]): never {
  for (const line of lines) console.error(`deploy: ${line}`);
  process.exit(1);
}

/** What to say about an error of AWS's; without credentials every service says something else. */
function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  if (error.name !== 'CredentialsProviderError') return `${error.name}: ${error.message}`;
  return 'there are no AWS credentials. Give --aws-profile NAME, or set AWS_PROFILE, or AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY';
}

const faults = stageFaults(root, stage);
if (faults.length > 0) stop(...faults);

run('package');
const state = v.parse(packagedState, JSON.parse(readFileSync(join(made, 'serverless-state.json'), 'utf8')));
// osls looks for zips in this folder to see whether anything changed.
for (const { artifact } of Object.values(state.service.functions).map((one) => one.package)) {
  copyFileSync(join(root, artifact), join(made, basename(artifact)));
}

const stack = `ljgate-${stage}`;
const client = new CloudFormationClient({ region });
const before = await deployedTemplate(client, stack, region).catch((error: unknown) =>
  stop(`the stack ${stack} could not be read: ${reasonOf(error)}`),
);
if (before !== undefined) {
  const after = readTemplate(
    readFileSync(join(made, 'cloudformation-template-update-stack.json'), 'utf8'),
    region,
  );
  const changes = await plannedChanges(before, after);
  console.log(
    changes.length === 0
      ? 'Nothing changes, but perhaps the code of the functions.'
      : ['What changes:', ...describeChanges(changes)].join('\n'),
  );
  const lost = changes.filter(losesSomething);
  if (lost.length > 0 && !process.argv.includes('--yes')) {
    const names = lost.map(({ name }) => name).join(', ');
    const question = `${names}: what is there now is removed. Deploy?`;
    if (!(await agreed(question))) stop('nothing was deployed. To deploy without a question, add --yes.');
  }
}

if (state.service.resources.Conditions.WithTestEvents['Fn::Equals'][0] === 'on') {
  const outcome = await ensureRegistry(new SchemasClient({ region })).catch((error: unknown) =>
    stop(
      `the registry ${registryName} could not be made: ${reasonOf(error)}`,
      'without it, deploy with --param testEvents=off',
    ),
  );
  if (outcome === 'made') console.log(`Made the registry ${registryName} in ${region}, for test events.`);
}

run('deploy', '--package', made);

const door = await frontDoor(client, stack).catch((error: unknown) =>
  stop(`deployed, but not checked: ${reasonOf(error)}`),
);
const findings = await checkDeployment(door);
for (const line of describeChecks(findings, stage, region)) console.log(line);
if (findings.some(({ well }) => !well)) process.exitCode = 1;
const notice = await missingReceivers(new SNSClient({ region }), stage).catch(
  (error: unknown) => `Whether somebody gets the alarms could not be asked: ${reasonOf(error)}`,
);
if (notice !== undefined) console.error(`deploy: ${notice}`);
