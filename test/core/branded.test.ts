/** Branded values: what their makers take, and what they refuse. */
import { expect, test } from 'vitest';
import { clientKeyIdOf, userIdOf } from '../../core/accounts/account.ts';
import { canonicalUsername, usernameOf } from '../../core/accounts/username.ts';
import { networkOf, parseNetwork } from '../../core/auth/network.ts';
import { sessionIdOf } from '../../core/sessions/session-string.ts';

test.each<[string, (input: never) => unknown, readonly unknown[], readonly unknown[]]>([
  ['a userid', userIdOf, [1, 2 ** 31], [0, -1, 1.5, Number.NaN, 2 ** 53]],
  ['a session id', sessionIdOf, [1, 2 ** 31 - 1], [0, -1, 1.5, Number.NaN, 2 ** 31]],
  ['a client key id', clientKeyIdOf, ['a', 'A-_9', 'x'.repeat(64)], ['', '-a', 'a.b', 'x'.repeat(65), "a'"]],
  ['a username of our own', usernameOf, ['test', '_'], ['', 'Test', 'a-b', ' test', '#doctor']],
])('%s is the value itself; anything else is an error', (_, make, good, bad) => {
  for (const value of good) expect(make(value as never)).toBe(value);
  for (const value of bad) expect(() => make(value as never), String(value)).toThrow();
});

test('a stored username is canonical or none', () => {
  expect(['test', 'Test', 'a-b', ''].map(canonicalUsername)).toEqual([
    'test',
    undefined,
    undefined,
    undefined,
  ]);
});

test('a stored network is read back; anything else is none', () => {
  for (const address of ['192.0.2.1', '::ffff:192.0.2.1', '2001:db8::1', '::1', undefined, 'nonsense']) {
    expect(parseNetwork(networkOf(address))).toBe(networkOf(address));
  }
  const none = ['', '192.0.2.1/64', '2001:db8::1', '2001:db8::/64', '2001:DB8:0:0::/64', 'Unknown', 'x'];
  for (const text of none) expect(parseNetwork(text), text).toBeUndefined();
});
