/** Which code is packaged. */
import { execFileSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { codeVersion } from '../../../../infra/deploy/package/code-version.ts';
import { requireProgram } from '../../../support/requirements.ts';
import { temporaryFolder } from '../../../support/stores.ts';

function project(folder: string): string {
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'package.json'), '{"version":"1.2.3"}');
  return folder;
}

const git = (cwd: string, ...args: string[]) =>
  execFileSync('git', ['-c', 'user.name=a', '-c', 'user.email=a@example.com', ...args], {
    cwd,
    stdio: 'pipe',
  });

test('outside of a clone it is the version alone', () => {
  expect(codeVersion(project(temporaryFolder()))).toBe('1.2.3');
});

test.skipIf(!requireProgram('git'))('in a clone it has the commit, and whether files differ from it', () => {
  const folder = project(temporaryFolder());
  git(folder, 'init', '--quiet');
  // There is no commit yet.
  expect(codeVersion(folder)).toBe('1.2.3');
  git(folder, 'add', '.');
  git(folder, 'commit', '--quiet', '--message=first');
  expect(codeVersion(folder)).toMatch(/^1\.2\.3\+[0-9a-f]{12}$/);
  writeFileSync(join(folder, 'package.json'), '{ "version": "1.2.3" }');
  expect(codeVersion(folder)).toMatch(/^1\.2\.3\+[0-9a-f]{12}-dirty$/);
  expect(codeVersion(project(join(folder, 'inside')))).toBe('1.2.3');
});
