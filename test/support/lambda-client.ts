/**
 * AWS's own runtime client for Node (`aws-lambda-ric`), which runs a function's handler on Lambda:
 * fetched through npm and compiled once, into the user's cache.
 */
import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { cacheFolder, fetchPackage } from '../../infra/package/fetch.ts';

const run = promisify(execFile);

/** The client, and what its native half is compiled against in place of a whole Node source tree. */
const packages = {
  client: {
    name: 'aws-lambda-ric@4.0.2',
    integrity:
      'sha512-FE5Vskx7mYNnqAnWWJXUOsLp2VGgdsJsCoRLFTa8L4Yk0QVtArqR8q58yPA++QC1a73ZWJXBQ2AH31nIAv7NOQ==',
  },
  addon: {
    name: 'node-addon-api@8.9.2',
    integrity:
      'sha512-VijLXbi3UACN69I0JVXJsX4tjACjNoQDgv2gTF6sx2wWEi8tkSg2eX8p5gSIFi8z2+DL3oHmY6OyKce38SDolg==',
  },
  headers: {
    name: 'node-api-headers@1.9.0',
    integrity:
      'sha512-2oNILP4jXwRB4ywnYKjVk1YyJ96n2D4EOVJO6S3oYZ5PtbJrw3Yt9TpAuX3nBLMuzn74rnfGQrv13pS9vC+YiA==',
  },
};

/** Programs that compile it. */
export const compilers = ['cmake', 'g++', 'make', 'xz'] as const;

/** The client's main module. Takes about a minute where it was never compiled before. */
export async function lambdaClient(): Promise<string> {
  const folder = join(cacheFolder(), `${packages.client.name.replace('@', '-')}-${process.arch}`);
  const main = join(folder, 'index.mjs');
  if (existsSync(main)) return main;

  await mkdir(cacheFolder(), { recursive: true });
  const workshop = await mkdtemp(join(cacheFolder(), 'compiling-'));
  try {
    const made = await compile(workshop);
    await rename(made, folder).catch((error: unknown) => {
      // Another run was faster.
      if (!existsSync(main)) throw error;
    });
    return main;
  } finally {
    await rm(workshop, { recursive: true, force: true });
  }
}

/** Does what the package's install scripts do, without node-gyp: that would fetch Node's headers. */
async function compile(workshop: string): Promise<string> {
  for (const [folder, { name, integrity }] of Object.entries(packages)) {
    await mkdir(join(workshop, folder));
    const tarball = await fetchPackage(name, integrity);
    await run('tar', ['-xzf', tarball, '-C', join(workshop, folder), '--strip-components=1']);
  }
  const client = join(workshop, 'client');
  await run('sh', ['scripts/preinstall.sh'], { cwd: client, maxBuffer: 2 ** 26 });

  // The source asks for these three and uses nothing of theirs: all it calls is Node-API.
  const unused = join(workshop, 'unused');
  await mkdir(unused);
  for (const header of ['uv.h', 'v8.h', 'node.h']) await writeFile(join(unused, header), '');
  const artifacts = join(client, 'deps', 'artifacts');
  const includes = [
    unused,
    join(workshop, 'addon'),
    join(workshop, 'headers', 'include'),
    join(artifacts, 'include'),
  ];
  const defines = ['NAPI_CPP_EXCEPTIONS', 'NODE_GYP_MODULE_NAME=rapid_client', 'BUILDING_NODE_EXTENSION'];
  await run('g++', [
    ...['-std=c++17', '-shared', '-fPIC', '-O2'],
    ...defines.map((define) => `-D${define}`),
    ...includes.map((include) => `-I${include}`),
    join(client, 'src/native/rapid-client.cc'),
    ...['libaws-lambda-runtime.a', 'libcurl.a'].map((library) => join(artifacts, 'lib', library)),
    ...['-pthread', '-o', join(client, 'rapid-client.node')],
  ]);
  for (const name of await readdir(client)) {
    if (!['index.mjs', 'package.json', 'rapid-client.node', 'LICENSE'].includes(name)) {
      await rm(join(client, name), { recursive: true });
    }
  }
  return client;
}
