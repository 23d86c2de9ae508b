/** Templates as `osls package` makes them, without credentials, in a copy of the project of their own. */
import { execFile } from 'node:child_process';
import { cp, mkdir, mkdtemp, readFile, rm } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { packageAll } from '../../../../infra/deploy/package/package.ts';

const run = promisify(execFile);

/** Any JSON that stands in a template. */
export type Json = string | number | boolean | null | readonly Json[] | JsonObject;
export interface JsonObject {
  readonly [name: string]: Json;
}

/** One resource of a template. */
export type Resource = {
  readonly Type: string;
  readonly Properties?: JsonObject;
  readonly Condition?: string;
  readonly DependsOn?: string | readonly string[];
  readonly DeletionPolicy?: string;
  readonly UpdateReplacePolicy?: string;
};

/** A CloudFormation template. */
export interface Template {
  readonly Resources: Readonly<Record<string, Resource>>;
  readonly Conditions?: JsonObject;
  readonly Outputs: Readonly<Record<string, JsonObject>>;
}

/** Parameters for a domain and its certificate. */
export const domainParameters: readonly string[] = [
  '--param=domain=lj.example.com',
  '--param=certificate=arn:aws:acm:us-east-1:123456789012:certificate/12345678-1234-1234-1234-123456789012',
];

const root = fileURLToPath(new URL('../../../../', import.meta.url));

/** A packaged copy of the project, and templates made from it. */
export interface PackagedCopy extends AsyncDisposable {
  readonly folder: string;
  /** Runs `osls package` with these arguments and reads what it made. */
  synthesize(...args: readonly string[]): Promise<Template>;
}

/** Copies what `osls package` reads and packages the functions. */
export async function packageCopy(): Promise<PackagedCopy> {
  const folder = await mkdtemp(join(tmpdir(), 'ljgate-template-'));
  await cp(join(root, 'serverless.yml'), join(folder, 'serverless.yml'));
  await mkdir(join(folder, 'infra'));
  await cp(join(root, 'infra/deploy/resources'), join(folder, 'infra/deploy/resources'), { recursive: true });
  await cp(join(root, 'infra/stages'), join(folder, 'infra/stages'), { recursive: true });
  await packageAll(join(folder, 'dist'));
  const osls = createRequire(import.meta.url).resolve('osls/bin/serverless.js');
  let made = 0;
  return {
    folder,
    async synthesize(...args) {
      const target = join(folder, `template-${++made}`);
      // Nothing of this machine's AWS configuration: neither variables nor files.
      const env = { PATH: process.env['PATH'], HOME: folder };
      await run(process.execPath, [osls, 'package', '--package', target, ...args], { cwd: folder, env });
      return JSON.parse(await readFile(join(target, 'cloudformation-template-update-stack.json'), 'utf8'));
    },
    [Symbol.asyncDispose]: () => rm(folder, { recursive: true, force: true }),
  };
}
