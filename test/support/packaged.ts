/** The packaged functions, unpacked and run as on Lambda, over tables and secrets that stand in for AWS's. */
import { once } from 'node:events';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { json } from 'node:stream/consumers';
import { unzipSync } from 'fflate';
import { inject } from 'vitest';
import { packageAll } from '../../infra/deploy/package/package.ts';
import {
  architectures,
  type FunctionName,
  functionNames,
} from '../../infra/deploy/package/packaged-functions.ts';
import { compilers } from './lambda-client.ts';
import { type LambdaFunction, startLambda } from './lambda-runtime.ts';
import { requireProgram } from './requirements.ts';

/** Whether this machine can run the packaged functions: Linux, and a compiler for the runtime client. */
export function canRunLambda(): boolean {
  const native = process.platform === 'linux' && architectures.some((name) => name === process.arch);
  return native && compilers.every((name) => requireProgram(name));
}

/** The main module of AWS's runtime client. */
export async function runtimeClient(): Promise<string> {
  const response = await fetch(new URL('/lambda-client', inject('resources')));
  const text = await response.text();
  if (!response.ok) throw new Error(text);
  return text;
}

/** Packages the functions and unpacks the zips for this machine's processor: the folder of each. */
export async function unpackFunctions(): Promise<Readonly<Record<FunctionName, string>> & AsyncDisposable> {
  const folder = await mkdtemp(join(tmpdir(), 'ljgate-package-'));
  const dist = join(folder, 'dist');
  await packageAll(dist);
  const unpack = async (name: FunctionName) => {
    const files = unzipSync(await readFile(join(dist, process.arch, `${name}.zip`)));
    for (const [path, bytes] of Object.entries(files)) {
      const target = join(folder, name, path);
      await mkdir(dirname(target), { recursive: true });
      await writeFile(target, bytes);
    }
  };
  for (const name of functionNames) await unpack(name);
  const at = (name: FunctionName) => join(folder, name);
  return {
    flat: at('flat'),
    xmlrpc: at('xmlrpc'),
    web: at('web'),
    api: at('api'),
    authorizer: at('authorizer'),
    admin: at('admin'),
    [Symbol.asyncDispose]: () => rm(folder, { recursive: true, force: true }),
  };
}

/** Secrets Manager, as far as functions ask it. */
export interface SecretsManager {
  readonly endpoint: string;
  /** How many times it was asked. */
  readonly asked: () => number;
  /** Answers as real requests are answered, until the next change: a secret by its id, or an error. */
  answer: (id: string) => { readonly SecretString: string } | { readonly __type: string } | 'nothing';
  close(): void;
}

/** Starts a server that answers as Secrets Manager does, with these secrets. */
export async function startSecretsManager(
  secrets: Readonly<Record<string, string>>,
): Promise<SecretsManager> {
  let asked = 0;
  const enter = async (request: IncomingMessage, response: ServerResponse) => {
    asked++;
    const { SecretId } = (await json(request)) as { readonly SecretId: string };
    const answer = manager.answer(SecretId);
    if (answer === 'nothing') return;
    const status = '__type' in answer ? 400 : 200;
    response.writeHead(status, { 'Content-Type': 'application/x-amz-json-1.1' }).end(JSON.stringify(answer));
  };
  const server = createServer((request, response) => void enter(request, response)).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const manager: SecretsManager = {
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    asked: () => asked,
    answer(id) {
      const SecretString = secrets[id];
      return SecretString === undefined ? { __type: 'ResourceNotFoundException' } : { SecretString };
    },
    close() {
      server.closeAllConnections();
      server.close();
    },
  };
  return manager;
}

/** Starts packaged functions under the runtime client, with the same variables. */
export async function startFunctions<Name extends FunctionName>(
  folders: Readonly<Record<FunctionName, string>>,
  variables: Readonly<Record<string, string>>,
  names: readonly Name[],
): Promise<Readonly<Record<Name, LambdaFunction>>> {
  const client = await runtimeClient();
  const start = async (name: Name) =>
    [
      name,
      await startLambda({ client, folder: folders[name], handler: `${name}.handler`, variables }),
    ] as const;
  return Object.fromEntries(await Promise.all(names.map(start))) as Record<Name, LambdaFunction>;
}
