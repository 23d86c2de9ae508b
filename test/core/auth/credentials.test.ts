import { expect, test } from 'vitest';
import { readCredentials } from '../../../core/auth/credentials.ts';
import { md5Hex } from '../../../core/auth/digest.ts';
import type { Context } from '../../../core/protocol/context.ts';
import { Octets, type Value } from '../../../core/protocol/values.ts';
import { named } from '../../support/site.ts';

const digest = md5Hex('test');
const octets = new Octets(Uint8Array.of(0xe9), undefined, 'text');
const base64 = new Octets(new TextEncoder().encode('test'), 'test', 'binary');

const read = (args: Record<string, Value>, context: Partial<Context> = {}) =>
  readCredentials(
    new Map(Object.entries(args)),
    { address: undefined, cookie: undefined, ljAuth: undefined, agent: undefined, ...context },
    named('test'),
  );

const utf8 = (text: string) => new TextEncoder().encode(text);
const byPassword = { method: 'clear', sent: 'password', digest, password: utf8('test') };
const byDigest = { method: 'clear', sent: 'hpassword', digest };
const nothing = (method: string, counts: boolean) => ({ method, sent: 'nothing', counts });

test.each<[string, Record<string, Value>, object]>([
  ['a password', { password: 'test' }, byPassword],
  ['clear by name', { auth_method: 'clear', password: 'test' }, byPassword],
  ['an empty auth_method', { auth_method: '', password: 'test' }, byPassword],
  [
    'bytes that are no text',
    { password: octets },
    { ...byPassword, digest: md5Hex(octets.bytes), password: octets.bytes },
  ],
  ['base64', { password: base64 }, byPassword],
  [
    'an empty password is a password',
    { password: '' },
    { ...byPassword, digest: md5Hex(''), password: utf8('') },
  ],
  ['a digest', { hpassword: digest }, byDigest],
  ['a digest in capitals', { hpassword: digest.toUpperCase() }, byDigest],
  ['a digest beside an empty password', { password: '', hpassword: digest }, byDigest],
  ['a digest beside a password', { password: 'wrong', hpassword: digest }, byDigest],
  ['an empty digest beside a password', { password: 'test', hpassword: '' }, byPassword],
  ['a digest that is none decides, too', { password: 'test', hpassword: 'x' }, nothing('clear', true)],
  ['bytes for a digest', { password: 'test', hpassword: octets }, nothing('clear', true)],
  ['neither', {}, nothing('clear', false)],
  ['an empty digest alone', { hpassword: '' }, nothing('clear', false)],
  ['a password that is a list', { password: ['test'] }, nothing('clear', false)],
  [
    'a challenge and its response',
    { auth_method: 'challenge', auth_challenge: 'c', auth_response: digest.toUpperCase() },
    { method: 'challenge', challenge: 'c', response: digest },
  ],
  [
    'a response that is no digest',
    { auth_method: 'challenge', auth_challenge: 'c', auth_response: 'x' },
    { method: 'challenge', challenge: 'c', response: undefined },
  ],
  [
    'no response',
    { auth_method: 'challenge', auth_challenge: 'c' },
    { method: 'challenge', challenge: 'c', response: undefined },
  ],
  ['no challenge', { auth_method: 'challenge', auth_response: digest }, nothing('challenge', false)],
  ['a password for a challenge', { auth_method: 'challenge', password: 'test' }, nothing('challenge', false)],
  ['an unknown method', { auth_method: 'Clear', password: 'test' }, nothing('unknown', false)],
  ['no cookie', { auth_method: 'cookie', password: 'test' }, nothing('cookie', false)],
])('%s', (_, args, credentials) => {
  expect(read(args)).toEqual(credentials);
});

const cookie = 'ljsession=ws:test:1:abc';
const claimed = { method: 'cookie', claims: [{ owner: 'test', id: 1, auth: 'abc' }] };

test.each<[string, Partial<Context>, object]>([
  ['beside X-LJ-Auth', { cookie, ljAuth: 'cookie' }, claimed],
  ['beside X-LJ-Auth in any case', { cookie, ljAuth: ' Cookie ' }, claimed],
  ['without X-LJ-Auth: a browser sends it unasked', { cookie }, nothing('cookie', false)],
  ['beside another X-LJ-Auth', { cookie, ljAuth: 'cookies' }, nothing('cookie', false)],
  ['that is no session', { cookie: 'ljsession=x', ljAuth: 'cookie' }, nothing('cookie', false)],
])('a cookie %s', (_, context, credentials) => {
  expect(read({ auth_method: 'cookie' }, context)).toEqual(credentials);
});

test('a cookie counts for no other method', () => {
  const context = { cookie, ljAuth: 'cookie' };
  expect(read({}, context)).toEqual(nothing('clear', false));
  expect(read({ auth_method: 'challenge' }, context)).toEqual(nothing('challenge', false));
});
