/**
 * AWS's own runtime client for Node (`aws-lambda-ric`), which runs a function's handler on Lambda:
 * fetched through npm and compiled once, into the user's cache.
 */
import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { installLocked } from '../../infra/deploy/package/install-locked.ts';
import { cacheFolder } from './cache-folder.ts';

const run = promisify(execFile);

/** The client. */
const client = 'aws-lambda-ric';

/** The client, and what its native half is compiled against in place of a whole Node source tree. */
const packages = {
  [client]: {
    version: '4.0.2',
    integrity:
      'sha512-FE5Vskx7mYNnqAnWWJXUOsLp2VGgdsJsCoRLFTa8L4Yk0QVtArqR8q58yPA++QC1a73ZWJXBQ2AH31nIAv7NOQ==',
  },
  'node-addon-api': {
    version: '8.9.2',
    integrity:
      'sha512-VijLXbi3UACN69I0JVXJsX4tjACjNoQDgv2gTF6sx2wWEi8tkSg2eX8p5gSIFi8z2+DL3oHmY6OyKce38SDolg==',
  },
  'node-api-headers': {
    version: '1.9.0',
    integrity:
      'sha512-2oNILP4jXwRB4ywnYKjVk1YyJ96n2D4EOVJO6S3oYZ5PtbJrw3Yt9TpAuX3nBLMuzn74rnfGQrv13pS9vC+YiA==',
  },
};

/** Programs that compile it. */
export const compilers = ['cmake', 'g++', 'make', 'xz'] as const;

/** The client's main module. Takes about a minute where it was never compiled before. */
export async function lambdaClient(): Promise<string> {
  const folder = join(cacheFolder, `${client}-${packages[client].version}-${process.arch}`);
  const main = join(folder, 'index.mjs');
  if (existsSync(main)) return main;

  await mkdir(cacheFolder, { recursive: true });
  const building = await mkdtemp(join(cacheFolder, 'building-'));
  try {
    await rename(await compile(building), folder).catch((error: unknown) => {
      // Another run was faster.
      if (!existsSync(main)) throw error;
    });
    return main;
  } finally {
    await rm(building, { recursive: true, force: true });
  }
}

/** Does what the package's install scripts do, without node-gyp: that would fetch Node's headers. */
async function compile(building: string): Promise<string> {
  await installLocked(building, packages);
  const at = (name: keyof typeof packages) => join(building, 'node_modules', name);
  const made = at(client);
  await run('sh', ['scripts/preinstall.sh'], { cwd: made, maxBuffer: 2 ** 26 });

  // The source asks for these three and uses nothing of theirs: all it calls is Node-API.
  const unused = join(building, 'unused');
  await mkdir(unused);
  for (const header of ['uv.h', 'v8.h', 'node.h']) await writeFile(join(unused, header), '');
  const artifacts = join(made, 'deps', 'artifacts');
  const includes = [
    unused,
    at('node-addon-api'),
    join(at('node-api-headers'), 'include'),
    join(artifacts, 'include'),
  ];
  const defines = ['NAPI_CPP_EXCEPTIONS', 'NODE_GYP_MODULE_NAME=rapid_client', 'BUILDING_NODE_EXTENSION'];
  await run('g++', [
    ...['-std=c++17', '-shared', '-fPIC', '-O2'],
    ...defines.map((define) => `-D${define}`),
    ...includes.map((include) => `-I${include}`),
    join(made, 'src/native/rapid-client.cc'),
    ...['libaws-lambda-runtime.a', 'libcurl.a'].map((library) => join(artifacts, 'lib', library)),
    ...['-pthread', '-o', join(made, 'rapid-client.node')],
  ]);
  for (const name of await readdir(made)) {
    if (!['index.mjs', 'package.json', 'rapid-client.node', 'LICENSE'].includes(name)) {
      await rm(join(made, name), { recursive: true });
    }
  }
  return made;
}
