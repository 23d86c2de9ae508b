/** `ljgate import` as a process: interrupted, resumed, with bad lines. */
import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import { jsonLines, ljgate, main, type WorkingFolder } from '../../support/cli.ts';
import { times } from '../../support/effort.ts';
import { dynamodbLocal, temporaryFolder, uniquePrefix } from '../../support/stores.ts';
import { accountLines, md5 } from './accounts-to-import.ts';

const local = await dynamodbLocal();
const folder = temporaryFolder();

function placeOf(name: string, store = `sqlite:${join(folder, `${name}.sqlite`)}`): WorkingFolder {
  return { folder, env: { LJGATE_STORE: store, LJGATE_SECRET: join(folder, `${name}.json`) } };
}

/** Starts an import of what is written to its standard input. */
function importing(place: WorkingFolder, ...flags: string[]): ChildProcessWithoutNullStreams {
  const child = spawn(process.execPath, [main, 'import', '-', ...flags], {
    cwd: folder,
    env: { ...process.env, ...place.env },
  });
  // It may be gone before it has read all.
  child.stdin.on('error', () => {});
  return child;
}

async function exported(place: WorkingFolder): Promise<readonly string[]> {
  return (await ljgate(place, ['export'])).stdout.split('\n').toSorted();
}

const stores: [string, number, () => string | undefined][] = [['SQLite', 2000, () => undefined]];
if (local !== undefined) {
  stores.push(['DynamoDB Local', 1000, () => `dynamodb:${uniquePrefix()}@${local}`]);
}

describe.each(stores)('on %s', (name, count, store) => {
  test('killed several times at a random moment and resumed, it ends as an undisturbed run does', async () => {
    const [calm, rough] = [placeOf(`calm ${name}`, store()), placeOf(`rough ${name}`, store())];
    const lines = accountLines(count, 10);
    const run = (place: WorkingFolder, input: string, rule: string) =>
      ljgate(place, ['import', '-', '--on-conflict', rule, '--json'], input);
    for (const place of [calm, rough]) await ljgate(place, ['tables', 'create']);
    expect((await run(calm, lines, 'update')).code).toBe(0);
    for (let i = 0; i < times(3, 10); i++) {
      const child = importing(rough, '--on-conflict', 'update');
      // Its input does not end, so that it cannot either.
      child.stdin.write(lines);
      await sleep(200 + Math.random() * 700);
      child.kill('SIGKILL');
      await once(child, 'close');
      expect(child.signalCode).toBe('SIGKILL');
    }
    const last = await run(rough, lines, 'update');
    expect(last.code).toBe(0);
    expect(jsonLines(last)).toMatchObject([{ updated: 0, refused: 0 }]);
    expect(await exported(rough)).toEqual(await exported(calm));

    const again = await run(rough, lines, 'update');
    expect(jsonLines(again)).toEqual([{ added: 0, updated: 0, unchanged: count, skipped: 0, refused: 0 }]);
    const changed = JSON.stringify({ username: 'user_10', passwordMd5: md5('another') });
    expect(jsonLines(await run(rough, changed, 'fail'))).toMatchObject([{ refused: 1 }]);
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
    'dry run, nothing done: added 2, updated 0, unchanged 0, skipped 0, refused 2\n',
  ]);
  const ran = await ljgate(place, ['import', '-'], input);
  expect([ran.code, ran.stdout]).toEqual([1, 'added 2, updated 0, unchanged 0, skipped 0, refused 2\n']);
  expect(ran.stderr).toBe('line 2: is not JSON\nline 3: colour: is not a known field\n');
});

test('a signal lets it finish what it is at, and says how to go on', async () => {
  const place = placeOf('signal');
  const child = importing(place);
  const printed = { stdout: '', stderr: '' };
  for (const stream of ['stdout', 'stderr'] as const) {
    child[stream].setEncoding('utf8').on('data', (text: string) => {
      printed[stream] += text;
    });
  }
  const closed = once(child, 'close');
  child.stdin.write(`no JSON\n${accountLines(3000, 30)}`);
  await expect.poll(() => printed.stderr).toContain('line 1: is not JSON');
  child.kill('SIGINT');
  // It looks at the signal between two batches of lines.
  while (child.exitCode === null && child.signalCode === null) {
    child.stdin.write(accountLines(100, 200));
    await Promise.race([closed, sleep(20)]);
  }
  await closed;
  expect(child.exitCode).toBe(1);
  const [, added] =
    /^added (\d+), updated 0, unchanged \d+, skipped \d+, refused 1\n$/.exec(printed.stdout) ?? [];
  expect(printed.stderr).toContain('interrupted; run it again to continue');
  const there = (await exported(place)).filter((text) => text !== '').length;
  expect(there).toBe(Number(added));
}, 120_000);
