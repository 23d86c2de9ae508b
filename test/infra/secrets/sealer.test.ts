import { describe, expect, test } from 'vitest';
import type { SealPurpose } from '../../../core/accounts/account.ts';
import type { Username } from '../../../core/accounts/username.ts';
import { md5Hex } from '../../../core/auth/digest.ts';
import { SecretMissing } from '../../../core/failures.ts';
import { createSealer } from '../../../infra/secrets/sealer.ts';
import { createWebSealer } from '../../../infra/secrets/web-sealer.ts';
import { keyringOf } from './keyrings.ts';

const digest = md5Hex('test');
const owner = 'test' as Username;
const sealers = [
  ["Node's", createSealer, createWebSealer],
  ['WebCrypto', createWebSealer, createSealer],
] as const;

describe.each(sealers)('a digest sealed by %s', async (_, create, createOther) => {
  const sealer = create(keyringOf('a'));
  const sealed = await sealer.seal(digest, owner, 'password');

  test('opens with the other', async () => {
    expect(await createOther(keyringOf('a')).open(sealed, owner, 'password')).toBe(digest);
  });

  test('opens for its account and purpose', async () => {
    expect(await sealer.open(sealed, owner, 'password')).toBe(digest);
    const forKey = await sealer.seal(digest, owner, 'client-key:k1');
    expect(await sealer.open(forKey, owner, 'client-key:k1')).toBe(digest);
  });

  test('tells neither the digest nor that two are alike', async () => {
    expect(sealed).toMatch(/^s1\.a\.[A-Za-z0-9_-]{59}$/);
    expect(await sealer.seal(digest, owner, 'password')).not.toBe(sealed);
    expect(Buffer.from(sealed.slice(5), 'base64url').toString('hex')).not.toContain(digest);
  });

  test.each<[string, SealPurpose]>([
    ['test2', 'password'],
    ['tes', 'password'],
    ['', 'password'],
    ['test', 'client-key:password'],
    ['test', 'client-key:'],
  ])('does not open for %s, %s', async (account, purpose) => {
    expect(await sealer.open(sealed, account as Username, purpose)).toBeUndefined();
  });

  test('does not open when account and purpose only join to the same text', async () => {
    const forKey = await sealer.seal(digest, 'a","client-key:b' as Username, 'client-key:c');
    expect(await sealer.open(forKey, 'a' as Username, 'client-key:b","client-key:c')).toBeUndefined();
  });

  test('does not open when any one character differs', async () => {
    for (let at = 0; at < sealed.length; at++) {
      for (const other of ['A', 'B', 'f', '0', '9', '-', '_', '.', '=', '\n', ' ']) {
        if (other === sealed[at]) continue;
        const tampered = sealed.slice(0, at) + other + sealed.slice(at + 1);
        // The id of a secret that is not here: nobody can tell.
        if (at === 3 && /[a-z0-9]/.test(other)) continue;
        expect(await sealer.open(tampered, owner, 'password'), tampered).toBeUndefined();
      }
    }
  });

  test('does not open when any one byte differs', async () => {
    const bytes = Buffer.from(sealed.slice('s1.a.'.length), 'base64url');
    for (let at = 0; at < bytes.length; at++) {
      for (let bit = 0; bit < 8; bit++) {
        const tampered = Buffer.from(bytes);
        tampered.writeUInt8(bytes.readUInt8(at) ^ (1 << bit), at);
        expect(
          await sealer.open(`s1.a.${tampered.toString('base64url')}`, owner, 'password'),
        ).toBeUndefined();
      }
    }
  });

  test.each([
    '',
    's1',
    's1.a.',
    sealed.slice(0, -1),
    `${sealed}A`,
    `${sealed}\n`,
    sealed.replace('s1', 's2'),
    digest,
  ])('does not open when it is %j', async (text) => {
    expect(await sealer.open(text, owner, 'password')).toBeUndefined();
  });

  test('opens after a rotation, until its secret is gone', async () => {
    expect(await create(keyringOf('b', 'a')).open(sealed, owner, 'password')).toBe(digest);
    await expect(async () => create(keyringOf('b')).open(sealed, owner, 'password')).rejects.toThrow(
      new SecretMissing('a'),
    );
  });

  test('does not open under another secret of the same id or another valid secret', async () => {
    const both = create(keyringOf('b', 'a'));
    expect(await both.open(sealed.replace('s1.a.', 's1.b.'), owner, 'password')).toBeUndefined();
  });
});
