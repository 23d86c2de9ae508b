/** A copy of the project from which `npm run deploy` can be run, against imitations of AWS. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { cp, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { packageAll } from '../../../../infra/deploy/package/package.ts';

const root = fileURLToPath(new URL('../../../../', import.meta.url));

/** What a command came to: its exit code, and all that it printed. */
export interface Ran {
  readonly code: number | null;
  readonly printed: string;
}

/** A copy, with the functions packaged. */
export interface Deployable extends AsyncDisposable {
  /** Changes a file of the copy, or makes it out of nothing. */
  change(path: string, how: (text: string) => string): Promise<void>;
  /** Runs a module of the copy, with these variables and credentials that somebody might have. */
  run(program: readonly string[], variables: Readonly<Record<string, string>>): Promise<Ran>;
}

/** Makes a copy. */
export async function makeDeployable(): Promise<Deployable> {
  const folder = await mkdtemp(join(tmpdir(), 'ljgate-deploy-'));
  for (const name of ['infra', 'core', 'functions', 'package.json', 'serverless.yml']) {
    await cp(join(root, name), join(folder, name), { recursive: true });
  }
  await symlink(join(root, 'node_modules'), join(folder, 'node_modules'));
  await packageAll(join(folder, 'dist'));
  return {
    async change(path, how) {
      const file = join(folder, path);
      await writeFile(file, how(existsSync(file) ? await readFile(file, 'utf8') : ''));
    },
    async run(program, variables) {
      const env = {
        PATH: process.env['PATH'],
        HOME: folder,
        AWS_ACCESS_KEY_ID: 'test',
        AWS_SECRET_ACCESS_KEY: 'test',
        AWS_EC2_METADATA_DISABLED: 'true',
        ...variables,
      };
      const child = spawn(process.execPath, program, { cwd: folder, env, stdio: ['ignore', 'pipe', 'pipe'] });
      const printed = Promise.all([text(child.stdout), text(child.stderr)]);
      const [code] = await once(child, 'exit');
      return { code, printed: (await printed).join('\n') };
    },
    [Symbol.asyncDispose]: () => rm(folder, { recursive: true, force: true }),
  };
}
