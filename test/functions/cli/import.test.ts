/** `ljgate import` as a process: large, interrupted, resumed. */
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import { jsonLines, ljgate, main, type Place } from '../../support/cli.ts';
import { dynamodbLocal, temporaryFolder, uniquePrefix } from '../../support/stores.ts';

const local = await dynamodbLocal();
const folder = temporaryFolder();
const md5 = (text: string) => createHash('md5').update(text).digest('hex');

/** A line: of every `share` accounts one has a password, whose argon2 is what an import costs. */
function line(i: number, share: number): string {
  const profile = {
    username: `user_${i}`,
    userid: i,
    fullname: `User №${i}`,
    friendgroups: [{ id: 1, name: 'Family', sortorder: 10, public: i % 2 === 0 }],
    usejournals: ['news'],
  };
  const challenge = i % (3 * share) !== 0;
  const password = i % share === 0 ? { passwordMd5: md5(`pw ${i}`), challenge } : {};
  return `${JSON.stringify({ ...profile, ...password })}\n`;
}

async function fileOf(name: string, count: number, share: number): Promise<string> {
  const file = join(folder, name);
  await writeFile(file, Array.from({ length: count }, (_, i) => line(i + 1, share)).join(''));
  return file;
}

function placeOf(name: string, store = `sqlite:${join(folder, name, 'lj.sqlite')}`): Place {
  return { folder, env: { LJGATE_STORE: store, LJGATE_SECRET: join(folder, `${name}.json`) } };
}

/** Runs a command and finds out the most memory that it held, in MiB. */
async function withPeak(place: Place, args: readonly string[]) {
  const note = join(folder, 'peak');
  const script = `import { writeFileSync } from 'node:fs';
    process.on('exit', () => writeFileSync(${JSON.stringify(note)}, String(process.resourceUsage().maxRSS)));`;
  const NODE_OPTIONS = `--import=data:text/javascript,${encodeURIComponent(script)}`;
  const ran = await ljgate({ ...place, env: { ...place.env, NODE_OPTIONS } }, args);
  return { ...ran, peak: Number(await readFile(note, 'utf8')) / 1024 };
}

test('100,000 accounts, one in 100 with a password, stay under 300 MB, and told every few seconds', async () => {
  const [file, place] = [await fileOf('100k.jsonl', 100_000, 100), placeOf('large')];
  const first = await withPeak(place, ['import', file, '--json']);
  expect([first.code, jsonLines(first)]).toEqual([
    0,
    [{ added: 100_000, updated: 0, unchanged: 0, refused: 0 }],
  ]);
  expect(first.peak).toBeLessThan(286);
  expect(first.stderr).toMatch(/^\d+ accounts, \d+\/s, \d+ %, about \d+ s left$/m);
  const again = await withPeak(place, ['import', file, '--on-conflict', 'update']);
  expect([again.code, again.stdout]).toEqual([0, 'added 0, updated 0, unchanged 100000, refused 0\n']);
  expect(again.peak).toBeLessThan(286);
}, 300_000);

test.skipIf(local === undefined)(
  'on DynamoDB Local 5,000 accounts stay under 300 MB, too',
  async () => {
    const place = placeOf('dynamodb', `dynamodb:${uniquePrefix()}@${local}`);
    const file = await fileOf('5k.jsonl', 5000, 100);
    await ljgate(place, ['tables', 'create']);
    const ran = await withPeak(place, ['import', file]);
    expect(ran).toMatchObject({ code: 0, stdout: 'added 5000, updated 0, unchanged 0, refused 0\n' });
    expect(ran.peak).toBeLessThan(286);
  },
  300_000,
);

/** Starts an import and kills it after a while; whether it was still at it. */
async function killed(place: Place, args: readonly string[], ms: number): Promise<boolean> {
  const env = { ...process.env, ...place.env };
  const child = spawn(process.execPath, [main, ...args], { cwd: folder, env, stdio: 'ignore' });
  const end = once(child, 'close');
  await Promise.race([sleep(ms), end]);
  const running = child.exitCode === null;
  child.kill('SIGKILL');
  await end;
  return running;
}

async function exported(place: Place): Promise<readonly string[]> {
  return (await ljgate(place, ['export'])).stdout.split('\n').toSorted();
}

const stores: [string, number, () => string | undefined][] = [
  ['SQLite', 2000, () => undefined],
  ...(local === undefined
    ? []
    : [
        ['DynamoDB Local', 1000, () => `dynamodb:${uniquePrefix()}@${local}`] as [
          string,
          number,
          () => string,
        ],
      ]),
];

describe.each(stores)('on %s', (name, count, store) => {
  test('killed ten times at a random moment and resumed, it ends as an undisturbed run does', async () => {
    const [calm, rough] = [placeOf(`calm ${name}`, store()), placeOf(`rough ${name}`, store())];
    const file = await fileOf(`${count}.jsonl`, count, 10);
    const args = ['import', file, '--on-conflict', 'update'];
    for (const place of [calm, rough]) await ljgate(place, ['tables', 'create']);
    expect((await ljgate(calm, args)).code).toBe(0);
    let interrupted = 0;
    for (let i = 0; i < 10; i++) {
      if (await killed(rough, args, 200 + Math.random() * 700)) interrupted++;
    }
    expect(interrupted).toBeGreaterThan(0);
    const last = await ljgate(rough, [...args, '--json']);
    expect(last.code).toBe(0);
    expect(jsonLines(last)).toMatchObject([{ updated: 0, refused: 0 }]);
    expect(await exported(rough)).toEqual(await exported(calm));

    const then = await ljgate(rough, [...args, '--json']);
    expect(jsonLines(then)).toEqual([{ added: 0, updated: 0, unchanged: count, refused: 0 }]);
    const broken = join(folder, 'changed.jsonl');
    await writeFile(broken, JSON.stringify({ username: 'user_10', passwordMd5: md5('another') }));
    expect(
      jsonLines(await ljgate(rough, ['import', broken, '--on-conflict', 'fail', '--json'])),
    ).toMatchObject([{ refused: 1 }]);
  }, 300_000);
});

test('a bad line is named on standard error, the rest is done, and the exit code is 1', async () => {
  const place = placeOf('bad');
  const input =
    '{"username":"alice"}\n{"username":"bob",\n{"username":"carol","colour":1}\n{"username":"dan"}\n';
  const dry = await ljgate(place, ['tables', 'create']);
  expect(dry.code).toBe(0);
  const tried = await ljgate(place, ['import', '-', '--dry-run'], input);
  expect([tried.code, tried.stdout]).toEqual([
    1,
    'dry run, nothing done: added 2, updated 0, unchanged 0, refused 2\n',
  ]);
  const ran = await ljgate(place, ['import', '-'], input);
  expect([ran.code, ran.stdout]).toEqual([1, 'added 2, updated 0, unchanged 0, refused 2\n']);
  expect(ran.stderr).toBe('line 2: is not JSON\nline 3: colour: is not a known field\n');
});

test('a signal lets it finish what it is at, and says how to go on', async () => {
  const place = placeOf('signal');
  const file = await fileOf('signal.jsonl', 3000, 3);
  const env = { ...process.env, ...place.env };
  const child = spawn(process.execPath, [main, 'import', file], { cwd: folder, env });
  let stdout = '';
  let stderr = '';
  child.stdout.on('data', (text) => {
    stdout += text;
  });
  child.stderr.on('data', (text) => {
    stderr += text;
  });
  await sleep(1500);
  child.kill('SIGINT');
  await once(child, 'close');
  expect(child.exitCode).toBe(1);
  const [, added] = /^added (\d+), updated 0, unchanged 0, refused 0\n$/.exec(stdout) ?? [];
  expect(stderr).toContain('interrupted; run it again and it goes on from there');
  const there = (await exported(place)).filter((text) => text !== '').length;
  expect(there).toBe(Number(added));
});
