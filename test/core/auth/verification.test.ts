import { expect, test } from 'vitest';
import type { Verifier } from '../../../core/accounts/account.ts';
import { md5Hex } from '../../../core/auth/digest.ts';
import { verifyDigest } from '../../../core/auth/verification.ts';
import { HasherBusy } from '../../../core/failures.ts';
import type { PasswordHasher } from '../../../core/ports.ts';
import { testAccount, testHasher, testPorts, testVerifier } from '../../support/ports.ts';

const digest = md5Hex('test');
const old = testVerifier(digest, 'outdated');

async function verdictWith(hash: PasswordHasher['hash'], verifier: Verifier = old) {
  const account = testAccount({ password: { accepts: 'plainOnly', verifier } });
  const hasher = { ...testHasher(), hash };
  const password = new TextEncoder().encode('test');
  return verifyDigest(testPorts(undefined, { hasher }), account, {
    method: 'clear',
    sent: 'password',
    digest,
    password,
  });
}

test('a verifier made with weaker parameters comes back with its replacement', async () => {
  const replacement = { old, new: testVerifier(digest) };
  expect(await verdictWith(testHasher().hash)).toEqual({
    kind: 'accepted',
    used: { kind: 'password', replacement },
  });
});

test('a busy hasher refuses no log-in: a later one replaces the verifier', async () => {
  const verdict = await verdictWith(() => Promise.reject(new HasherBusy()));
  expect(verdict).toEqual({ kind: 'accepted', used: { kind: 'password' } });
});

test('any other failure to hash is one', async () => {
  await expect(verdictWith(() => Promise.reject(new Error('out of memory')))).rejects.toThrow(
    'out of memory',
  );
});

test('a current verifier is not hashed again', async () => {
  const verdict = await verdictWith(() => Promise.reject(new Error('hashed')), testVerifier(digest));
  expect(verdict).toEqual({ kind: 'accepted', used: { kind: 'password' } });
});
