/** The settings of a stage: what serverless.yml reads from its file, and what it would pass over is refused. */
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { keepsData, settingNames, stageFaults } from '../../../../infra/deploy/stack/stage-settings.ts';

const root = new URL('../../../../', import.meta.url).pathname;
const serverless = await readFile(join(root, 'serverless.yml'), 'utf8');

/** What is wrong with a file. */
async function faultsOf(text: string): Promise<readonly string[]> {
  const folder = await mkdtemp(join(tmpdir(), 'ljgate-stage-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  await mkdir(join(folder, 'infra/stages'), { recursive: true });
  await writeFile(join(folder, 'serverless.yml'), serverless);
  await writeFile(join(folder, 'infra/stages/mine.yml'), text);
  return stageFaults(folder, 'mine');
}

test('every parameter of serverless.yml is read from the stage’s file', () => {
  const [, block = ''] = /\nparams:\n {2}default:\n([\s\S]*?)\n\n/.exec(serverless) ?? [];
  const parameters = [...block.matchAll(/^ {4}(\w+):/gm)].map(([, name]) => name);
  expect(parameters.length).toBeGreaterThan(20);
  expect(settingNames(block)).toEqual(parameters);
});

test('the files that are here have no fault, and a stage needs none', () => {
  expect(stageFaults(root, 'prod')).toEqual([]);
  expect(stageFaults(root, 'dev')).toEqual([]);
});

test('a name that nothing reads is refused, with those that are', async () => {
  const [fault] = await faultsOf("memroy: '2048'\n");
  expect(fault).toMatch(
    /^infra\/stages\/mine\.yml: memroy is no setting\. The settings are architecture, memory, /,
  );
});

test('a value that is no text is refused', async () => {
  expect(await faultsOf('edge: on\nmemory: 2048\n')).toEqual([
    'infra/stages/mine.yml: memory must be a text: write it in quotes',
  ]);
});

test('an empty file is as good as none', async () => {
  expect(await faultsOf('# nothing yet\n')).toEqual([]);
});

test('prod keeps its data when it is removed, a stage without a file does not', () => {
  expect([keepsData(root, 'prod'), keepsData(root, 'dev')]).toEqual([true, false]);
});
