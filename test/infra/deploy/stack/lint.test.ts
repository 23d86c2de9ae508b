/** AWS's own cfn-lint reads the templates, where this machine's Python has it. */
import { execFile } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { hasProgram } from '../../../support/requirements.ts';
import { domainParameters, type PackagedCopy, packageCopy } from '../resources/template.ts';

const run = promisify(execFile);
const named = [
  ...domainParameters,
  '--param=alarmEmail=ops@example.com',
  '--param=upstream=https://old.example.com',
  // cfn-lint also reads what a condition leaves out: these have values that it can read.
  '--param=alarmQuiet=6',
  '--param=adminConcurrency=2',
];

/** As much of a finding as is shown. */
type Found = { readonly Level: string; readonly Message: string; readonly Rule: { readonly Id: string } };

describe.skipIf(!hasProgram('cfn-lint', '--version'))('cfn-lint', () => {
  let copy: PackagedCopy;
  beforeAll(async () => {
    copy = await packageCopy();
  });
  afterAll(() => copy?.[Symbol.asyncDispose]());

  test.each([
    ['prod with an edge', ['--stage=prod', '--param=edge=on']],
    ['a domain of the API’s', []],
  ])('finds no error in the template for %s', async (_, args) => {
    const path = join(copy.folder, 'linted.json');
    await writeFile(path, JSON.stringify(await copy.synthesize(...named, ...args)));
    const printed = await run('cfn-lint', ['--format', 'json', path]).catch(
      (error: { stdout: string }) => error,
    );
    const found: readonly Found[] = JSON.parse(printed.stdout);
    expect(
      found.filter(({ Level }) => Level === 'Error').map(({ Rule, Message }) => `${Rule.Id} ${Message}`),
    ).toEqual([]);
  });
});
