import { describe, expect, test } from 'vitest';
import type { UserId } from '../../../core/accounts/account.ts';
import { type AccountLine, parseAccountLine } from '../../../core/accounts/account-line.ts';
import { decodeAccount, encodeAccount } from '../../../core/accounts/account-record.ts';
import { createAccount } from '../../../core/accounts/create-account.ts';
import { md5Hex, sha256Hex } from '../../../core/auth/digest.ts';
import { testPorts, testVerifier } from '../../support/ports.ts';

const ports = testPorts();
const userid = 7 as UserId;

function lineOf(json: object): AccountLine {
  const parsed = parseAccountLine({ username: 'test', ...json });
  if (!parsed.ok) throw new Error(parsed.reason);
  return parsed.line;
}

describe('an account made from a line', () => {
  test('makes an account of a bare line: no password, named after its username', async () => {
    expect(await createAccount(lineOf({}), ports, userid)).toEqual({
      username: 'test',
      userid: 7,
      fullname: 'test',
      status: 'active',
      generation: Math.floor(ports.clock.now() / 1000),
      created: Math.floor(ports.clock.now() / 1000),
      friendgroups: [],
      usejournals: [],
      pictures: [],
      fastserver: false,
      caps: 0,
      clientKeys: [],
    });
  });

  test('takes a blank full name, message or picture for none', async () => {
    const account = await createAccount(
      lineOf({ fullname: ' ', message: '', defaultpicurl: '' }),
      ports,
      userid,
    );
    expect(account.fullname).toBe('test');
    expect(account).not.toHaveProperty('message');
    expect(account).not.toHaveProperty('defaultpicurl');
  });

  test.each([
    [{ password: 'пароль' }, md5Hex(new TextEncoder().encode('пароль'))],
    [{ passwordMd5: md5Hex('test').toUpperCase() }, md5Hex('test')],
  ])('keeps a password as its hash and its sealed digest', async (json, digest) => {
    expect((await createAccount(lineOf(json), ports, userid)).password).toEqual({
      accepts: 'anyForm',
      verifier: testVerifier(digest),
      sealed: ports.sealer.seal(digest, lineOf({}).username, 'password'),
    });
  });

  test('keeps only the hash where challenges are forbidden, and client keys all the same', async () => {
    const secret = 'correct horse battery';
    const line = lineOf({ password: 'test', challenge: false, clientkeys: [{ name: 'laptop', secret }] });
    const { password, clientKeys } = await createAccount(line, ports, userid);
    expect(password).toEqual({ accepts: 'plainOnly', verifier: testVerifier(md5Hex('test')) });
    const [key] = clientKeys;
    expect(key).toMatchObject({ name: 'laptop', digest: sha256Hex(md5Hex(secret)) });
    expect(ports.sealer.open(key?.sealed ?? '', line.username, `client-key:${key?.id}`)).toBe(md5Hex(secret));
  });

  test('keeps a message, a picture and the sealed secret for the site behind', async () => {
    const line = lineOf({
      message: 'Hello',
      defaultpicurl: 'http://a.example/1',
      upstreamKey: 'a secret for it',
    });
    const account = await createAccount(line, ports, userid);
    expect(account).toMatchObject({ message: 'Hello', defaultpicurl: 'http://a.example/1' });
    const sealed = account.upstreamKey ?? '';
    expect(ports.sealer.open(sealed, line.username, 'upstream-key')).toBe(md5Hex('a secret for it'));
    expect(await createAccount(lineOf({}), ports, userid)).not.toHaveProperty('upstreamKey');
  });

  test.each([
    [true, 'anyForm'],
    [false, 'plainOnly'],
  ])(
    'keeps a bcrypt hash until the first log-in; challenges %s: it becomes %s',
    async (challenge, becomes) => {
      const passwordBcrypt = `$2b$04$${'a'.repeat(53)}`;
      const { password } = await createAccount(lineOf({ passwordBcrypt, challenge }), ports, userid);
      expect(password).toEqual({ accepts: 'plainOnce', bcrypt: passwordBcrypt, becomes });
    },
  );

  test('gives each client key an id of its own that can be typed', async () => {
    const clientkeys = ['a', 'b', 'c'].map((name) => ({ name, secret: `0123456789abcdef${name}` }));
    const { clientKeys } = await createAccount(lineOf({ clientkeys }), ports, userid);
    const ids = clientKeys.map(({ id }) => id);
    expect(new Set(ids).size).toBe(3);
    expect(ids.every((id) => /^[a-z2-7]{8}$/.test(id))).toBe(true);
  });

  test('makes what stores can keep and give back', async () => {
    const line = lineOf({
      password: 'test',
      message: 'm',
      friendgroups: [{ id: 1, name: 'a' }],
      pictures: [{ keyword: 'k', url: 'https://example.com/' }],
      clientkeys: [{ name: 'laptop', secret: 'correct horse battery' }],
    });
    const account = await createAccount(line, ports, userid);
    expect(decodeAccount(JSON.parse(JSON.stringify(encodeAccount(account))))).toEqual(account);
  });
});
