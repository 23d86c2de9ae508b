/** Upstream keys on the command line: set, removed, and taken to another store under a transfer key. */
import { readFileSync, statSync, writeFileSync } from 'node:fs';
import { chmod } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { md5Hex } from '../../../core/auth/digest.ts';
import { jsonLines, ljgate, type WorkingFolder } from '../../support/cli.ts';
import { holds, mark } from '../../support/marks.ts';
import { temporaryFolder } from '../../support/stores.ts';
import { onTerminal } from '../../support/terminal.ts';

const folder = temporaryFolder();

function placeOf(name: string): WorkingFolder {
  const store = `sqlite:${join(folder, `${name}.sqlite`)}`;
  return { folder, env: { LJGATE_STORE: store, LJGATE_SECRET: join(folder, `${name}.json`) } };
}

async function hasKey(place: WorkingFolder, user: string): Promise<unknown> {
  return jsonLines(await ljgate(place, ['accounts', 'show', user, '--json']))[0]?.['upstreamKey'];
}

const secret = 'an API key & <its> secret';

test('set-upstream-key sets what standard input says, and removes it', async () => {
  const place = placeOf('set');
  await ljgate(place, ['accounts', 'add', 'alice', '--generate']);
  const set = ['accounts', 'set-upstream-key', 'alice'];
  expect(await ljgate(place, [...set, '--secret-stdin'], `${secret}\n`)).toMatchObject({
    code: 0,
    stdout: 'set the secret of alice at the site\n',
  });
  expect(await hasKey(place, 'alice')).toBe(true);
  expect((await ljgate(place, [...set, '--remove'])).stdout).toBe(
    'removed the secret of alice at the site\n',
  );
  expect(await hasKey(place, 'alice')).toBe(false);
  const refusals = [
    [[...set], '', /without a terminal no secret at the site can be asked for; give --secret-stdin/],
    [[...set, '--secret-stdin'], '', /--secret-stdin: standard input is empty/],
    [[...set, '--secret-stdin', '--remove'], secret, /give --secret-stdin or --remove, not both/],
  ] as const;
  for (const [args, input, reason] of refusals) {
    const { code, stderr } = await ljgate(place, args, input);
    expect([code, stderr]).toEqual([2, expect.stringMatching(reason)]);
  }
  expect((await ljgate(place, ['accounts', 'set-upstream-key', 'bob', '--remove'])).code).toBe(1);
});

test('an upstream key is asked for twice on a terminal and never shown', async () => {
  const place = placeOf('asked');
  await ljgate(place, ['accounts', 'add', 'alice', '--generate']);
  const { code, shown } = await onTerminal(
    place,
    ['accounts', 'set-upstream-key', 'alice'],
    [
      ['New secret at the site', 'geheim\r'],
      ['The same secret at the site again', 'geheim\r'],
    ],
  );
  expect(code, shown).toBe(0);
  expect(shown).not.toContain('geheim');
  expect(await hasKey(place, 'alice')).toBe(true);
});

test('an export has upstream keys only under a transfer key, which opens them elsewhere and for that account alone', async () => {
  const [from, to] = [placeOf('from'), placeOf('to')];
  const lines = [{ username: 'alice', upstreamKey: secret }, { username: 'bob' }];
  await ljgate(from, ['import', '-'], lines.map((line) => JSON.stringify(line)).join('\n'));
  const keyFile = join(folder, 'transfer.json');

  expect((await ljgate(from, ['export'])).stdout).not.toMatch(/upstream/i);
  const { stdout: file } = await ljgate(from, ['export', '--transfer-key', keyFile]);
  expect(statSync(keyFile).mode & 0o777).toBe(0o600);
  expect(holds(Buffer.from(file), mark('the key', secret))).toBe(false);
  const [alice, bob] = jsonLines({ stdout: file });
  expect(alice).toHaveProperty('sealedUpstreamKey');
  expect(bob).not.toHaveProperty('sealedUpstreamKey');
  expect(readFileSync(keyFile, 'utf8')).not.toBe(readFileSync(join(folder, 'from.json'), 'utf8'));
  const again = jsonLines(await ljgate(from, ['export', '--transfer-key', keyFile]));
  expect(again[0]?.['sealedUpstreamKey']).not.toBe(alice?.['sealedUpstreamKey']);

  const bring = (input: string, ...flags: string[]) =>
    ljgate(to, ['import', '-', '--json', '--on-conflict', 'update', ...flags], input);
  const withKey = ['--transfer-key', keyFile];
  const mallory = JSON.stringify({ username: 'mallory', sealedUpstreamKey: alice?.['sealedUpstreamKey'] });
  expect((await bring(mallory, ...withKey)).stderr).toContain('was not sealed for this account');
  expect((await bring(file)).stderr).toContain('sealedUpstreamKey: --transfer-key FILE opens it');
  expect(jsonLines(await bring(file, ...withKey))).toMatchObject([{ added: 1, unchanged: 1 }]);
  expect(jsonLines(await bring(file, ...withKey))).toMatchObject([{ unchanged: 2 }]);
  const plain = JSON.stringify({ username: 'alice', upstreamKey: secret });
  expect(jsonLines(await bring(plain))).toMatchObject([{ unchanged: 1 }]);
  const both = JSON.stringify({ ...alice, upstreamKey: secret });
  expect((await bring(both, ...withKey)).stderr).toContain('no more than one must be given');
});

test('a transfer key that is missing, open to others or another one imports nothing', async () => {
  const place = placeOf('refused');
  const keyFile = join(folder, 'refused-transfer.json');
  const line = JSON.stringify({ username: 'alice', upstreamKey: secret });
  await ljgate(place, ['import', '-'], line);
  const missing = await ljgate(place, ['import', '-', '--transfer-key', keyFile], line);
  expect([missing.code, missing.stderr]).toEqual([2, expect.stringContaining(`${keyFile}: does not exist`)]);
  const { stdout: file } = await ljgate(place, ['export', '--transfer-key', keyFile]);
  await ljgate(place, ['export', '--transfer-key', join(folder, 'other-transfer.json')]);
  const other = ['--transfer-key', join(folder, 'other-transfer.json')];
  expect((await ljgate(place, ['import', '-', ...other], file)).stderr).toContain('under this transfer key');
  await chmod(keyFile, 0o644);
  expect((await ljgate(place, ['export', '--transfer-key', keyFile])).code).toBe(2);
  writeFileSync(keyFile, `{"secret": "${md5Hex(secret)}"}`, { mode: 0o600 });
  await chmod(keyFile, 0o600);
  const { code, stderr } = await ljgate(place, ['export', '--transfer-key', keyFile]);
  expect([code, stderr.includes(md5Hex(secret))]).toEqual([2, false]);
});
