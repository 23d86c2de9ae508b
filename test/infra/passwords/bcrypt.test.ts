import { describe, expect, test } from 'vitest';
import { createBcryptVerifier, createSyncBcryptVerifier } from '../../../infra/passwords/bcrypt.ts';
import { createThreadedBcryptVerifier } from '../../../infra/passwords/hash-threads.ts';

const bytes = (text: string) => new TextEncoder().encode(text);

/** Vectors of Openwall's crypt_blowfish. */
const short = '$2a$05$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW';
const long = '$2a$05$abcdefghijklmnopqrstuu5s2v8.iXieOjg/.AySBTTZIIVFJeBui';
const nothing = '$2a$05$CCCCCCCCCCCCCCCCCCCCC.7uG0VCzI2bS7j6ymqJi9CdcdxiRTWNy';
const letters = '0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ';
const longest = `${letters}0123456789`;

describe.each([
  ['in slices', createBcryptVerifier],
  ['at once', createSyncBcryptVerifier],
  ['in a thread', createThreadedBcryptVerifier],
])('bcrypt %s', (_, createVerifier) => {
  const verifier = createVerifier();

  test.each(['$2a$', '$2b$', '$2y$'])('%s is held against', async (version) => {
    const hash = short.replace('$2a$', version);
    expect(await verifier.matches(hash, bytes('U*U'))).toBe(true);
    expect(await verifier.matches(hash, bytes('U*V'))).toBe(false);
  });

  test('72 bytes count, and no more', async () => {
    expect(await verifier.matches(long, bytes(longest))).toBe(true);
    expect(await verifier.matches(long, bytes(`${longest}xyz`))).toBe(true);
    expect(await verifier.matches(long, bytes(longest.slice(0, 71)))).toBe(false);
  });

  test('a character that was cut after byte 72 does no harm', async () => {
    const { hash } = await import('bcryptjs');
    const password = `${'x'.repeat(71)}🐐🐐`;
    const stored = await hash(password, 4);
    expect(await verifier.matches(stored, bytes(password).slice(0, 75))).toBe(true);
  });

  test('bytes that are no text, and hashes that are none, match nothing', async () => {
    expect(await verifier.matches(short, Uint8Array.of(0xff))).toBe(false);
    for (const hash of ['', 'nonsense', '$2a$05$', short.slice(0, -1), `$2a$05$${'!'.repeat(53)}`]) {
      expect(await verifier.matches(hash, bytes('U*U'))).toBe(false);
    }
  });

  test('no password matches the hash of an empty one, and none with a NUL in it matches any', async () => {
    const { hash } = await import('bcryptjs');
    for (const password of ['', '\0', '\0\0\0']) {
      expect(await verifier.matches(nothing, bytes(password))).toBe(false);
    }
    const stored = await hash('a', 4);
    expect(await verifier.matches(stored, bytes('a'))).toBe(true);
    expect(await verifier.matches(stored, bytes('a\0a'))).toBe(false);
  });

  test('too many at once are refused rather than delayed', async () => {
    const checks = Array.from({ length: 30 }, () => verifier.matches(short, bytes('U*U')));
    const outcomes = await Promise.allSettled(checks);
    const busy = outcomes.filter(({ status }) => status === 'rejected');
    expect(busy.length).toBeGreaterThan(0);
    expect(busy.length).toBeLessThan(30);
  });
});

test('a check in a thread keeps the main thread free', async () => {
  const verifier = createThreadedBcryptVerifier();
  const { hash } = await import('bcryptjs');
  const dear = await hash('a', 10);
  await verifier.matches(dear, bytes('a'));
  let turns = 0;
  const ticking = setInterval(() => turns++, 1);
  await verifier.matches(dear, bytes('a'));
  clearInterval(ticking);
  expect(turns).toBeGreaterThan(10);
});
