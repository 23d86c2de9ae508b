/** Who still uses what, from lines of the log. */
import { expect, test } from 'vitest';
import { collectUsage } from '../../../infra/operations/usage.ts';

const login = {
  timestamp: '2003-04-05T06:07:08.000Z',
  wire: 'flat',
  scheme: 'http',
  method: 'login',
  account: 'alice',
  auth: 'clear',
  shown: 'password',
  client: 'Old/1.0',
  outcome: 'ok',
};

function rowsOf(...lines: readonly object[]) {
  const collector = collectUsage();
  for (const line of lines) collector.add(JSON.stringify(line));
  return collector.rows();
}

test('a row has what its calls have in common, and sums up the rest', () => {
  const later = '2003-04-06T06:07:08.000Z';
  expect(
    rowsOf({ ...login, timestamp: later }, { ...login, account: 'bob' }, login, {
      ...login,
      account: 'guessed',
      outcome: 101,
    }),
  ).toEqual([
    {
      client: 'Old/1.0',
      by: 'password',
      scheme: 'http',
      wire: 'flat',
      method: 'login',
      calls: 4,
      refusals: { 101: 1 },
      accounts: 2,
      accountsCut: false,
      someAccounts: ['alice', 'bob'],
      lastSeen: later,
    },
  ]);
});

test.each([
  ['password', { auth: 'clear', shown: 'password' }],
  ['md5', { auth: 'clear', shown: 'hpassword' }],
  ['client key', { auth: 'clear', shown: 'client-key' }],
  ['client key', { auth: 'challenge', shown: 'client-key' }],
  ['challenge', { auth: 'challenge', shown: undefined }],
  ['session', { auth: 'cookie', shown: undefined }],
  ['unknown', { auth: 'unknown', shown: undefined }],
  ['none', { account: undefined }],
])('the way of authentication is %s', (by, fields) => {
  expect(rowsOf({ ...login, ...fields })).toMatchObject([{ by }]);
});

test('a client without a version is known by its user agent', () => {
  expect(rowsOf({ ...login, client: undefined, agent: 'Wget/1.8' })).toMatchObject([{ client: 'Wget/1.8' }]);
  expect(rowsOf({ ...login, agent: 'Wget/1.8' })).toMatchObject([{ client: 'Old/1.0' }]);
});

test('each call of a multicall counts, and the lines of older versions do', () => {
  const { timestamp, ...call } = { ...login, wire: undefined, scheme: undefined };
  expect(
    rowsOf({ timestamp, wire: 'xmlrpc', calls: [call, { ...call, method: 'sessiongenerate' }] }),
  ).toMatchObject([
    { method: 'login', scheme: 'unknown', wire: 'xmlrpc' },
    { method: 'sessiongenerate', scheme: 'unknown', wire: 'xmlrpc' },
  ]);
});

test('a line may have the text of a collector before it; what is no request is not one', () => {
  const collector = collectUsage();
  collector.add(`Apr  5 06:07:08 host ljgate[7]: ${JSON.stringify(login)}`);
  for (const line of ['', 'no JSON', '{"broken', undefined]) collector.add(line);
  for (const line of ['{}', '{"wire":"web"}', '{"wire":"flat","method":{}}']) collector.add(line);
  expect(collector.rows()).toMatchObject([{ calls: 1 }]);
  expect(collector.totals()).toEqual({ lines: 8, others: 3, unreadable: 4, cut: false });
});

test('its memory is bounded, whatever the log holds', () => {
  const collector = collectUsage({ rows: 10, accountsOfRow: 20, accounts: 50 });
  for (let i = 0; i < 1000; i++) {
    const made = { client: `made up ${i}`, method: `m_${i}`, account: `a_${i}` };
    collector.add(JSON.stringify({ ...login, ...made }));
    collector.add(JSON.stringify({ ...login, account: `b_${i}` }));
  }
  collector.add(JSON.stringify({ ...login, client: 'x'.repeat(10_000) }));
  const rows = collector.rows();
  expect(rows.length).toBe(11);
  expect(rows.reduce((sum, { calls }) => sum + calls, 0)).toBe(2001);
  expect(rows.reduce((sum, { accounts }) => sum + accounts, 0)).toBeLessThanOrEqual(50);
  expect(rows.filter(({ client }) => client === '(others)')).toMatchObject([{ accountsCut: true }]);
  expect(collector.totals().cut).toBe(true);
  for (const { client } of rows) expect(client.length).toBeLessThanOrEqual(100);
});
