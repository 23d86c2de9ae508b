/** Which code is packaged: the version of package.json and, in a clone, the commit. */
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as v from 'valibot';

const manifest = v.object({ version: v.string() });

/**
 * `0.1.0+dc37beb1234a`, with `-dirty` behind it where files differ from the commit. Without git, or outside of a
 * clone, `0.1.0`.
 * @see https://semver.org/#spec-item-10
 */
export function codeVersion(folder: string): string {
  const { version } = v.parse(manifest, JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')));
  // Git would take the repository of a folder above.
  if (!existsSync(join(folder, '.git'))) return version;
  try {
    const describe = ['describe', '--always', '--dirty', '--abbrev=12', '--exclude=*'];
    const commit = execFileSync('git', describe, { cwd: folder, encoding: 'utf8', stdio: 'pipe' });
    return `${version}+${commit.trim()}`;
  } catch {
    return version;
  }
}
