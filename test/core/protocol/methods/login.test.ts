import { describe, expect, test } from 'vitest';
import type { Username } from '../../../../core/accounts/username.ts';
import { defaultSettings, type MenuItem } from '../../../../core/protocol/gateway-settings.ts';
import { type LoginResult, login } from '../../../../core/protocol/methods/login.ts';
import type { SiteLogins } from '../../../../core/protocol/site-login.ts';
import { invocationOf } from '../../../support/invocation.ts';
import { testAccount, testPorts } from '../../../support/ports.ts';

const name = 'some_one' as Username;
const account = testAccount({
  username: name,
  caps: 5,
  friendgroups: [
    { id: 3, name: 'c', sortorder: 9, public: false },
    { id: 2, name: 'b', sortorder: 50, public: true },
    { id: 1, name: 'a', sortorder: 50, public: false },
  ],
  usejournals: ['zed', 'b_2', 'b10'],
  pictures: ['b', 'C', 'A', 'a', 'Б', 'á'].map((keyword) => ({
    keyword,
    url: `https://example.com/${keyword}`,
  })),
});
const menus: readonly MenuItem[] = [
  { text: 'USERNAME', url: 'https://USERNAME.example.com/USERNAME' },
  { text: '-' },
  { text: 'More', sub: [{ text: 'Deep', sub: [{ text: 'Page', url: '/~USERNAME' }] }] },
];
const moods = [9, 2, 30].map((id) => ({ id, parent: 0, name: `mood ${id}` }));
const settings = { ...defaultSettings, moods, menus };

const by = (args: Record<string, string>, of = account): Promise<LoginResult> =>
  login.run(invocationOf(testPorts(), of, args, settings));

test.each<[Record<string, string>, readonly string[]]>([
  [{}, []],
  [{ getpickws: '1' }, ['pickws']],
  [{ getpickwurls: '1' }, []],
  [{ getpickws: '0', getpickwurls: '1' }, []],
  [{ getpickws: '1', getpickwurls: '0' }, ['pickws']],
  [{ getpickws: '1', getpickwurls: '1' }, ['defaultpicurl', 'pickws', 'pickwurls']],
  [{ getmoods: '' }, ['moods']],
  [{ getmoods: '0' }, ['moods']],
  [{ getmenus: '0' }, []],
  [{ getmenus: '1', getcaps: '1' }, ['caps', 'menus']],
])('%j adds %j', async (args, added) => {
  const always = ['userid', 'username', 'fullname', 'friendgroups', 'usejournals'];
  expect(Object.keys(await by(args)).toSorted()).toEqual([...always, ...added].toSorted());
});

test('every list is in its order, whatever the stored order', async () => {
  const result = await by({ getmoods: '2', getpickws: '1', getpickwurls: '1' });
  expect(result.friendgroups.map(({ id }) => id)).toEqual([3, 1, 2]);
  expect(result.usejournals).toEqual(['b10', 'b_2', 'zed']);
  expect(result.moods?.map(({ id }) => id)).toEqual([9, 30]);
  expect(result.pickws).toEqual(['A', 'a', 'b', 'C', 'á', 'Б']);
  expect(result.pickwurls).toEqual(result.pickws?.map((keyword) => `https://example.com/${keyword}`));
});

test('the account and the settings stay as they were', async () => {
  const before = structuredClone({ account, settings });
  await by({ getmoods: '0', getmenus: '1', getpickws: '1', getpickwurls: '1' });
  expect({ account, settings }).toEqual(before);
});

test('menus are made personal at every depth, in URLs alone', async () => {
  expect((await by({ getmenus: '1' })).menus).toEqual([
    { text: 'USERNAME', url: 'https://some_one.example.com/some_one' },
    { text: '-' },
    { text: 'More', sub: [{ text: 'Deep', sub: [{ text: 'Page', url: '/~some_one' }] }] },
  ]);
});

test('fastserver is 1 where granted and absent elsewhere', async () => {
  expect(await by({})).not.toHaveProperty('fastserver');
  expect((await by({}, { ...account, fastserver: true })).fastserver).toBe(1);
});

describe('the message', () => {
  const test_ = testAccount();
  const readonly_ = /read-only/;

  test.each([
    ['nobody in particular', account, undefined],
    ['an account with one', { ...account, message: 'Hello' }, /^Hello$/],
    ['an account whose message was emptied', { ...account, message: '' }, undefined],
    ['a read-only account', { ...account, status: 'readonly' as const }, readonly_],
    [
      'a read-only account with one',
      { ...account, message: 'Hello', status: 'readonly' as const },
      /^Hello .*read-only/,
    ],
    ['test', test_, /test message/],
    ['test with one of its own', { ...test_, message: 'Hello' }, /^Hello$/],
    ['test whose message was emptied', { ...test_, message: '' }, /test message/],
  ])('for %s', async (_, of, expected) => {
    if (expected) expect((await by({}, of)).message).toMatch(expected);
    else expect(await by({}, of)).not.toHaveProperty('message');
  });
});

test('the site behind is asked for the parts that the client asked for, and what it says counts', async () => {
  const wishes: unknown[] = [];
  const siteLogins: SiteLogins = {
    read: async (request) => {
      wishes.push(...request.wishes);
      return { message: 'From the site.' };
    },
  };
  const args = { getmoods: '3', getmenus: '1', getpickws: '', ver: '1' };
  const invocation = invocationOf(testPorts(), account, args, settings);
  expect(await login.run({ ...invocation, siteLogins })).toMatchObject({ message: 'From the site.' });
  expect(wishes).toEqual([
    ['getmoods', '3'],
    ['getmenus', '1'],
    ['getpickws', ''],
  ]);
});
