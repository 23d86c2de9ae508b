import { describe, expect, test } from 'vitest';
import { md5Hex, sha256Hex } from '../../../core/auth/digest.ts';
import { StoreFailed } from '../../../core/failures.ts';
import { exportAccounts } from '../../../infra/operations/export-accounts.ts';
import { type ImportOptions, importAccounts } from '../../../infra/operations/import-accounts.ts';
import type { ConflictRule } from '../../../infra/operations/import-lines.ts';
import { operatorWhose, type TestOperator, testOperator } from './test-operator.ts';

const bcrypt = '$2a$05$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW';

async function bring(
  operator: TestOperator,
  lines: readonly (object | string)[],
  options: Partial<ImportOptions> = {},
) {
  const refusals: string[] = [];
  const text = lines.map((line) => `${typeof line === 'string' ? line : JSON.stringify(line)}\n`).join('');
  const { bytes: _, ...counts } = await importAccounts(operator, pieces(new TextEncoder().encode(text)), {
    onConflict: 'skip',
    dryRun: false,
    onRefused: ({ number, reason }) => refusals.push(`${number}: ${reason}`),
    ...options,
  });
  return { ...counts, refusals };
}

/** Chunks that end anywhere. */
async function* pieces(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += 7919) yield bytes.subarray(at, at + 7919);
}

const nothing = { added: 0, updated: 0, unchanged: 0, skipped: 0, refused: 0, refusals: [] as string[] };

test('accounts are added, with numbers that are given or allotted', async () => {
  const operator = testOperator();
  expect(await bring(operator, [{ username: 'Alice', userid: 7 }, { username: 'bob' }])).toEqual({
    ...nothing,
    added: 2,
  });
  expect(await operator.account('alice')).toMatchObject({ userid: 7, fullname: 'alice' });
  expect((await bring(operator, [{ username: 'carol' }])).added).toBe(1);
  expect((await operator.account('carol'))?.userid).toBeGreaterThan(7);
});

test('a bad line is named with the reason, quotes no secret, and does not stop the rest', async () => {
  const operator = testOperator();
  await bring(operator, [{ username: 'taken', userid: 9 }]);
  const outcome = await bring(operator, [
    { username: 'a1' },
    '{"username":"a2","password":"hunter22"',
    '',
    '"x"',
    { username: 'a b' },
    { username: 'a3', password: 'hunter22', passwordMd5: md5Hex('x') },
    { username: 'a4', passwordBcrypt: 'hunter22' },
    { username: 'a5', userid: 9 },
    `{"username":"a6","fullname":"${'x'.repeat(5_000_000)}"}`,
    { username: 'a7' },
  ]);
  expect(outcome).toMatchObject({ added: 2, refused: 7 });
  expect(outcome.refusals.toSorted()).toEqual([
    '2: is not JSON',
    '4: must be an object',
    '5: username: must be 1 to 25 letters, digits, hyphens or underscores, got "a b"',
    '6: password, passwordMd5, passwordBcrypt: no more than one must be given',
    '7: passwordBcrypt: must be a bcrypt hash ($2a$, $2b$ or $2y$, cost 04 to 14)',
    '8: userid: 9 belongs to another account',
    '9: is longer than 4 MiB',
  ]);
  expect(await operator.account('a7')).toBeDefined();
});

test('bytes that are not UTF-8 are refused', async () => {
  const operator = testOperator();
  const bytes = new Uint8Array([...new TextEncoder().encode('{"username":"a'), 0xff, 0x22, 0x7d]);
  const counts = await importAccounts(operator, pieces(bytes), { onConflict: 'skip', dryRun: false });
  expect(counts).toMatchObject({ refused: 1, bytes: bytes.length });
});

const full = {
  username: 'alice',
  userid: 5,
  fullname: 'Älice',
  password: 'geheim',
  status: 'readonly',
  message: 'm',
  friendgroups: [{ id: 1, name: 'Family', public: true }],
  usejournals: ['news', 'b'],
  pictures: [{ keyword: 'k', url: 'https://example.com/1' }],
  defaultpicurl: 'https://example.com/1',
  fastserver: true,
  caps: 3,
  clientkeys: [{ name: 'laptop', secret: 'correct horse battery' }],
};

describe('run again', () => {
  test.each<ConflictRule>(['skip', 'update', 'fail'])(
    'with %s it changes and hashes nothing',
    async (rule) => {
      const operator = testOperator();
      await bring(operator, [full, { username: 'bob', passwordBcrypt: bcrypt }, { username: 'carol' }]);
      const [before, hashes] = [await operator.account('alice'), operator.hashes()];
      const lines = [full, { username: 'bob', passwordBcrypt: bcrypt }, { username: 'carol' }];
      expect(await bring(operator, lines, { onConflict: rule })).toEqual({ ...nothing, unchanged: 3 });
      expect([await operator.account('alice'), operator.hashes()]).toEqual([before, hashes]);
    },
  );

  test('a password without a digest beside it takes one verification, and stays', async () => {
    const operator = testOperator();
    const line = { username: 'alice', password: 'geheim', challenge: false };
    await bring(operator, [line]);
    const [before, hashes] = [await operator.account('alice'), operator.hashes()];
    expect(await bring(operator, [line], { onConflict: 'update' })).toEqual({ ...nothing, unchanged: 1 });
    expect([await operator.account('alice'), operator.hashes()]).toEqual([before, hashes + 1]);
  });

  test('a bcrypt hash that a log-in has replaced does not come back', async () => {
    const operator = testOperator();
    const line = { username: 'bob', passwordBcrypt: bcrypt };
    const brought = { accepts: 'plainOnce', bcrypt, becomes: 'anyForm' } as const;
    await bring(operator, [line]);
    const { username } = (await operator.account('bob')) ?? { username: undefined };
    if (!username) throw new Error('bob is not there');
    const hashed = {
      accepts: 'plainOnly',
      verifier: { phc: 'p', secret: 's' },
      replaced: sha256Hex(bcrypt),
    } as const;
    await operator.store.accounts.replaceBcrypt(username, brought, hashed);
    expect(await bring(operator, [line], { onConflict: 'update' })).toEqual({ ...nothing, unchanged: 1 });
    expect((await operator.account('bob'))?.password).toEqual(hashed);
  });
});

describe('what differs', () => {
  async function operatorWith(...lines: object[]) {
    const operator = testOperator();
    await bring(operator, lines);
    return operator;
  }

  test('is left with skip, changed with update, refused by name with fail', async () => {
    const operator = await operatorWith(full);
    const other = { username: 'alice', fullname: 'Other', password: 'anders' };
    const before = await operator.account('alice');
    expect(await bring(operator, [other])).toEqual({ ...nothing, skipped: 1 });
    expect(await bring(operator, [other], { onConflict: 'fail' })).toEqual({
      ...nothing,
      refused: 1,
      refusals: ['1: account "alice" is there with another fullname, password'],
    });
    expect(await operator.account('alice')).toEqual(before);
    expect(await bring(operator, [other], { onConflict: 'update' })).toMatchObject({ updated: 1 });
    const after = await operator.account('alice');
    expect(after).toMatchObject({
      fullname: 'Other',
      message: 'm',
      caps: 3,
      generation: (before?.generation ?? 0) + 1,
    });
    expect(after?.clientKeys).toEqual(before?.clientKeys);
  });

  test.each<[string, object, object]>([
    ['an empty message takes it away', { message: '' }, {}],
    ['a status that ends sessions', { status: 'locked' }, { status: 'locked' }],
    ['no challenges drops the digest', { challenge: false }, { password: { accepts: 'plainOnly' } }],
    ['a bcrypt hash', { passwordBcrypt: bcrypt }, { password: { accepts: 'plainOnce', becomes: 'anyForm' } }],
    ['a key of the same name is replaced', { clientkeys: [{ name: 'laptop', secret: 'x'.repeat(20) }] }, {}],
  ])('with update: %s', async (_, change, after) => {
    const operator = await operatorWith(full);
    const line = { username: 'alice', ...change };
    expect(await bring(operator, [line], { onConflict: 'update' })).toMatchObject({ updated: 1 });
    expect(await operator.account('alice')).toMatchObject(after);
    expect((await operator.account('alice'))?.clientKeys).toHaveLength(1);
    expect(await bring(operator, [line], { onConflict: 'update' })).toMatchObject({ unchanged: 1 });
  });

  test('and cannot be is refused: another number, challenges without a password', async () => {
    const operator = await operatorWith({ ...full, challenge: false });
    const lines = [
      { username: 'alice', userid: 6 },
      { username: 'alice', challenge: true },
    ];
    const { refusals } = await bring(operator, lines, { onConflict: 'update' });
    expect(refusals).toEqual([
      '1: userid: the account has 5, and keeps it',
      '2: challenge: true takes the password, which the line does not give',
    ]);
  });

  test('within one file is settled in the order of the lines', async () => {
    const operator = testOperator();
    const lines = Array.from({ length: 250 }, (_, i) => ({ username: `u${i % 3}`, fullname: `name ${i}` }));
    expect(await bring(operator, lines, { onConflict: 'update' })).toMatchObject({ added: 3, updated: 247 });
    expect((await operator.account('u0'))?.fullname).toBe('name 249');
  });
});

test('with skip a line that differs is counted as that, whatever differs', async () => {
  const operator = testOperator();
  await bring(operator, [full, { username: 'plain', password: 'geheim', challenge: false }]);
  const lines = [
    full,
    { username: 'alice', password: 'anders' },
    { username: 'alice', userid: 99 },
    { username: 'plain', password: 'geheim' },
    { username: 'plain', password: 'anders' },
    { username: 'plain', challenge: true },
  ];
  expect(await bring(operator, lines)).toEqual({ ...nothing, unchanged: 2, skipped: 4 });
});

test('lines for which no userid is left are refused, and those that give one are added', async () => {
  const operator = testOperator();
  const lines = [{ username: 'last', userid: 2 ** 31 - 1 }, { username: 'last' }, { username: 'bob' }];
  const { refusals, ...counts } = await bring(operator, [...lines, { username: 'carol', userid: 5 }]);
  expect(counts).toMatchObject({ added: 2, unchanged: 1, refused: 1 });
  expect(refusals).toEqual([expect.stringMatching(/^3: userid: .*2147483647.* give a free one by hand$/)]);
});

test('an account that is too large is refused in a dry run as in a real one', async () => {
  const operator = testOperator();
  await bring(operator, [{ username: 'bob' }]);
  const small = operatorWhose(operator, {
    oversize: ({ fullname }) => (fullname.length > 100 ? 'is too large' : undefined),
  });
  const fullname = 'x'.repeat(101);
  const lines = [{ username: 'alice', fullname }, { username: 'bob', fullname }, { username: 'carol' }];
  for (const dryRun of [true, false]) {
    expect(await bring(small, lines, { onConflict: 'update', dryRun })).toEqual({
      ...nothing,
      added: 1,
      refused: 2,
      refusals: ['1: is too large', '2: is too large'],
    });
  }
});

test('a line that the store refuses, whyever, is refused by its number, and the rest goes on', async () => {
  const operator = testOperator();
  const picky = operatorWhose(operator, {
    async write(writes) {
      const bad = writes.some((each) => each.kind === 'add' && each.account.username === 'bad');
      if (bad) throw new StoreFailed('it cannot be stored');
      return operator.store.admin.accounts.write(writes);
    },
  });
  const lines = ['a', 'bad', 'b', 'c'].map((username) => ({ username }));
  expect(await bring(picky, lines)).toEqual({
    ...nothing,
    added: 3,
    refused: 1,
    refusals: ['2: the store does not take it (it cannot be stored)'],
  });
});

test('a store that takes no line at all ends the import', async () => {
  const closed = operatorWhose(testOperator(), {
    write: () => Promise.reject(new StoreFailed('access denied')),
  });
  await expect(bring(closed, [{ username: 'a' }, { username: 'b' }])).rejects.toThrow('access denied');
});

test('a dry run counts the same, hashes nothing and writes nothing', async () => {
  const operator = testOperator();
  await bring(operator, [{ username: 'alice' }, { username: 'bob' }]);
  const hashes = operator.hashes();
  const lines = [
    { username: 'alice' },
    { username: 'bob', caps: 1 },
    { username: 'new', password: 'x' },
    '{',
  ];
  const options = { onConflict: 'update', dryRun: true } as const;
  expect(await bring(operator, lines, options)).toMatchObject({
    added: 1,
    updated: 1,
    unchanged: 1,
    refused: 1,
  });
  expect(operator.hashes()).toBe(hashes);
  expect(await operator.account('new')).toBeUndefined();
  expect((await operator.account('bob'))?.caps).toBe(0);
});

test('a signal ends it after the lines under way, and they are done', async () => {
  const operator = testOperator();
  const controller = new AbortController();
  const lines = Array.from({ length: 1000 }, (_, i) => ({ username: `u${i}` }));
  const { added } = await bring(operator, lines, {
    signal: controller.signal,
    onProgress: () => controller.abort(),
  });
  expect(added).toBeGreaterThan(0);
  expect(added).toBeLessThan(1000);
  let there = 0;
  for await (const _ of exportAccounts(operator)) there++;
  expect(there).toBe(added);
});

test('what is exported can be imported, and holds no secret', async () => {
  const operator = testOperator();
  await bring(operator, [
    full,
    { username: 'bob', passwordMd5: md5Hex('x'), challenge: false },
    { username: 'carol' },
  ]);
  const lines = [];
  for await (const line of exportAccounts(operator)) lines.push(line);
  expect(JSON.stringify(lines)).not.toMatch(/sealed|argon|password|secret|digest/);
  const other = testOperator();
  expect(await bring(other, lines)).toMatchObject({ added: 3 });
  const again = [];
  for await (const line of exportAccounts(other)) again.push(line);
  expect(again.map(({ challenge: _, ...line }) => line)).toEqual(
    lines.map(({ challenge: _, ...line }) => line),
  );
  expect(await bring(operator, lines, { onConflict: 'update' })).toMatchObject({ unchanged: 3 });
});
