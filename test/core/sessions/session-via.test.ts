import { expect, test } from 'vitest';
import type { ClientKeyId } from '../../../core/accounts/account.ts';
import {
  isPasswordRecent,
  opensAccount,
  parseVia,
  type SessionVia,
  viaText,
} from '../../../core/sessions/session-via.ts';

const key = { by: 'clientKey', key: 'f4rtqk2n' as ClientKeyId } as const;
const password = { by: 'password', at: 1_800_000_000 } as const;

test.each<[SessionVia, string]>([
  [password, 'password:1800000000'],
  [key, 'key:f4rtqk2n'],
  [{ by: 'site' }, 'site'],
])('%o is stored as %s, and read back', (via, text) => {
  expect(viaText(via)).toBe(text);
  expect(parseVia(text)).toEqual(via);
});

test.each([
  '',
  'site:',
  'password',
  'password:',
  'password:x',
  'password:-1',
  'key:',
  'key:a b',
  'keys:a',
  'xkey:f4rtqk2n',
  'key:f4rtqk2n\n',
  'xpassword:1',
  'password:1x',
  'password:1234567890123',
  'Site',
])('%j is no text of ours', (text) => {
  expect(parseVia(text)).toBeUndefined();
});

test('neither a session of a client key nor one of unknown origin opens the account', () => {
  expect([{ via: password }, { via: { by: 'site' } as const }].map(opensAccount)).toEqual([true, true]);
  expect([{ via: key }, {}].map(opensAccount)).toEqual([false, false]);
});

test('a password was given recently for 15 minutes; a key and the site give none', () => {
  const now = password.at;
  expect([now, now + 900, now + 901].map((at) => isPasswordRecent({ via: password }, at))).toEqual([
    true,
    true,
    false,
  ]);
  const others = [{ via: key }, { via: { by: 'site' } as const }, {}];
  expect(others.map((session) => isPasswordRecent(session, now))).toEqual([false, false, false]);
});
