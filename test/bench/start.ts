/**
 * Start: from the process's first breath to the first answer of a packaged function, beside a handler
 * that only says hello, in turn, under AWS's own runtime client.
 */
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { unzipSync } from 'fflate';
import { type Package, packageAll } from '../../infra/deploy/package/package.ts';
import { openSecretFile } from '../../infra/secrets/secret-file.ts';
import { lambdaClient } from '../support/lambda-client.ts';
import { startLambda } from '../support/lambda-runtime.ts';
import { callDocument } from '../support/wire.ts';
import type { Plan } from './plan.ts';
import { type Summary, summary } from './statistics.ts';
import { mostStart } from './targets.ts';

/** How long starts of one function take. */
export interface StartRow {
  readonly name: string;
  readonly ms: Summary;
  /** Of hello's, round by round. */
  readonly ofHello: Summary;
  readonly target?: number;
}

/** How large a packaged function is, in bytes. */
export type SizeRow = Pick<Package, 'name' | 'architecture' | 'zip' | 'javascript' | 'native'>;

interface Candidate {
  readonly name: string;
  readonly folder: string;
  readonly handler: string;
  readonly variables: Readonly<Record<string, string>>;
  readonly event: unknown;
}

/** Starts each candidate once a round, in turn. */
export async function measureStart(
  plan: Plan,
): Promise<{ readonly starts: readonly StartRow[]; readonly sizes: readonly SizeRow[] }> {
  plan.say('start: packaging');
  const client = await lambdaClient();
  const folder = await mkdtemp(join(tmpdir(), 'ljgate-bench-'));
  try {
    const packages = await packageAll(join(folder, 'dist'));
    const candidates = await assemble(folder, packages);
    const times = candidates.map((): number[] => []);
    for (let round = 1; round <= plan.starts; round++) {
      plan.say(`start: round ${round} of ${plan.starts}`);
      for (const [i, candidate] of candidates.entries()) {
        times[i]?.push(await timeStart(client, candidate));
      }
    }
    const [hello = []] = times;
    const starts = candidates.map(({ name }, i) => {
      const own = times[i] ?? [];
      const ofHello = summary(own.map((ms, round) => ms / (hello[round] ?? Number.NaN)));
      return { name, ms: summary(own), ofHello, ...(name !== 'hello' && { target: mostStart }) };
    });
    const sizes = packages.map(({ name, architecture, zip, javascript, native }) => ({
      name,
      architecture,
      zip,
      javascript,
      native,
    }));
    return { starts, sizes };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function timeStart(client: string, { event, ...options }: Candidate): Promise<number> {
  const began = performance.now();
  const running = await startLambda({ client, ...options });
  await running.invoke(event);
  const took = performance.now() - began;
  await running.stop();
  return took;
}

async function assemble(folder: string, packages: readonly Package[]): Promise<Candidate[]> {
  const unpack = async (name: string) => {
    const zip = packages.find((one) => one.name === name && one.architecture === process.arch);
    if (!zip) throw new Error(`there is no ${name} for ${process.arch}`);
    const target = join(folder, name);
    await mkdir(target);
    for (const [path, bytes] of Object.entries(unzipSync(await readFile(zip.path)))) {
      await writeFile(join(target, path), bytes);
    }
    return target;
  };
  const secret = join(folder, 'root-secret.json');
  await openSecretFile(secret);
  // getchallenge asks no store, so there is none: the start is the function's own.
  const variables = { LJGATE_STORE: 'dynamodb:bench@http://127.0.0.1:9', LJGATE_SECRET: secret };
  const hello = join(folder, 'hello');
  await mkdir(hello);
  const says = `export const handler = async () => ({ statusCode: 200, body: 'hello' });\n`;
  await writeFile(join(hello, 'hello.mjs'), says);
  const event = JSON.parse(await readFile(new URL('../data/events/http-api.json', import.meta.url), 'utf8'));
  const flat = { ...event, body: 'mode=getchallenge' };
  const xmlrpc = { ...event, rawPath: '/interface/xmlrpc', body: callDocument('LJ.XMLRPC.getchallenge') };
  return [
    { name: 'hello', folder: hello, handler: 'hello.handler', variables: {}, event: flat },
    { name: 'flat', folder: await unpack('flat'), handler: 'flat.handler', variables, event: flat },
    { name: 'xmlrpc', folder: await unpack('xmlrpc'), handler: 'xmlrpc.handler', variables, event: xmlrpc },
  ];
}
