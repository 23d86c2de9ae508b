import { inspect } from 'node:util';
import { hkdf } from '@noble/hashes/hkdf.js';
import { sha256 } from '@noble/hashes/sha2.js';
import { utf8ToBytes } from '@noble/hashes/utils.js';
import { describe, expect, test } from 'vitest';
import { generateKeyring, parseKeyring } from '../../../infra/secrets/keyring.ts';
import { keyringOf, secretBytes, secretText, storedSecret } from './keyrings.ts';

const stored = (overrides: object) =>
  JSON.stringify({ current: 'a', secrets: [storedSecret('a')], ...overrides });

describe('a keyring', () => {
  test('derives its keys by HKDF-SHA-256 from the secret and the purpose', () => {
    const expected = hkdf(sha256, secretBytes('a'), utf8ToBytes(''), utf8ToBytes('ljgate seal'), 32);
    expect(keyringOf('a').current('seal')).toEqual({ id: 'a', key: expected });
  });

  test('has another key for each purpose and each secret', () => {
    const keyring = keyringOf('a', 'b');
    const keys = (['challenge', 'pepper', 'seal'] as const).flatMap((purpose) =>
      ['a', 'b'].map((id) => Buffer.from(keyring.byId(id, purpose) ?? []).toString('hex')),
    );
    expect(new Set(keys).size).toBe(6);
    expect(keys.every((key) => key.length === 64)).toBe(true);
  });

  test('uses the current secret and still knows the others', () => {
    const rotated = keyringOf('b', 'a');
    expect(rotated.current('seal').id).toBe('b');
    expect(rotated.byId('a', 'seal')).toEqual(keyringOf('a').byId('a', 'seal'));
    expect(rotated.byId('c', 'seal')).toBeUndefined();
  });

  test('comes back from its stored form with the same keys', () => {
    const keyring = generateKeyring();
    const again = parseKeyring(keyring.reveal());
    expect(again.current('pepper')).toEqual(keyring.current('pepper'));
    expect(again.reveal()).toBe(keyring.reveal());
  });

  test('is read in the form that a stack generates: letters and digits that stand for 32 bytes', () => {
    const generated = parseKeyring(JSON.stringify({ id: 'k1', secret: 'aZ09'.repeat(10).concat('xyz') }));
    expect(generated.current('seal')).toMatchObject({ id: 'k1' });
    expect(parseKeyring(generated.reveal()).current('seal')).toEqual(generated.current('seal'));
    expect(() => parseKeyring('{"id":"k1","secret":"short"}')).toThrow('secret: must be 32 bytes in base64');
  });

  test('is made anew each time, with an id that fits into a challenge', () => {
    const ids = Array.from({ length: 20 }, () => generateKeyring().current('seal').id);
    expect(new Set(ids).size).toBe(20);
    expect(ids.every((id) => /^[a-z0-9]{8}$/.test(id))).toBe(true);
  });

  test('shows its ids and no bytes to logs', () => {
    const keyring = keyringOf('a', 'b');
    keyring.current('seal');
    const shown = [
      inspect(keyring, { showHidden: true, depth: 10 }),
      JSON.stringify({ keyring }),
      String(keyring),
      JSON.stringify(structuredClone(keyring)),
    ].join('\n');
    expect(JSON.stringify(keyring)).toBe('{"current":"a","secrets":["a","b"]}');
    for (const form of ['hex', 'base64', 'base64url'] as const) {
      expect(shown).not.toContain(Buffer.from(secretBytes('a')).toString(form));
    }
    expect(shown).not.toContain([...secretBytes('a').subarray(0, 4)].join(', '));
  });
});

describe('a stored keyring', () => {
  test('may leave out the padding of its base64', () => {
    const bare = { ...storedSecret('a'), secret: secretText('a').replace('=', '') };
    expect(parseKeyring(stored({ secrets: [bare] })).byId('a', 'seal')).toEqual(
      keyringOf('a').byId('a', 'seal'),
    );
  });

  const secret = secretText('a');
  test.each([
    ['', 'is not JSON'],
    [`{"current":"a","secrets":[{"id":"a","secret":"${secret}`, 'is not JSON'],
    [`${secret}`, 'is not JSON'],
    [`"${secret}"`, 'must be an object'],
    ['null', 'must be an object'],
    ['{}', 'current: is missing'],
    [stored({ current: 'b' }), 'current: no secret has the id "b"'],
    [stored({ current: secret }), 'current: must be 1 to 32 letters a-z and digits'],
    [stored({ secrets: [] }), 'current: no secret has the id "a"'],
    [stored({ secrets: secret }), 'secrets: must be a list'],
    [stored({ secrets: [secret] }), 'secrets[0]: must be an object'],
    [stored({ secrets: [storedSecret('a'), storedSecret('a')] }), 'secrets: two have the same id'],
    [
      stored({ secrets: [{ ...storedSecret('a'), id: secret }] }),
      'secrets[0].id: must be 1 to 32 letters a-z and digits',
    ],
    [stored({ secrets: [{ ...storedSecret('a'), id: 7 }] }), 'secrets[0].id: must be text'],
    [stored({ secrets: [{ id: 'a', created: 0 }] }), 'secrets[0].secret: is missing'],
    [
      stored({ secrets: [{ ...storedSecret('a'), secret: `${secret}A` }] }),
      'secrets[0].secret: must be 32 bytes in base64',
    ],
    [stored({ secrets: [{ ...storedSecret('a'), secret: [secret] }] }), 'secrets[0].secret: must be text'],
    [
      stored({ secrets: [{ ...storedSecret('a'), created: secret }] }),
      'secrets[0].created: must be a time in Unix seconds',
    ],
    [
      stored({ secrets: [{ ...storedSecret('a'), extra: secret }] }),
      'secrets[0].extra: is not a known field',
    ],
    [stored({ previous: secret }), 'previous: is not a known field'],
  ])('that is malformed (%#) is refused by place, without a byte of it', (text, reason) => {
    const error = thrownBy(() => parseKeyring(text));
    expect(error.message).toBe(reason);
    expect(inspect(error)).not.toContain(secret.slice(0, 12));
  });
});

function thrownBy(work: () => unknown): Error {
  try {
    work();
  } catch (error) {
    if (error instanceof Error) return error;
  }
  throw new Error('nothing was thrown');
}
