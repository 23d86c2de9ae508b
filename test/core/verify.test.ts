import { expect, test } from 'vitest';
import type { Verifier } from '../../core/account.ts';
import { md5Hex } from '../../core/digest.ts';
import { HasherBusy, type PasswordHasher } from '../../core/ports.ts';
import { verifyDigest } from '../../core/verify.ts';
import { testAccount, testHasher, testPorts, testVerifier } from '../support/ports.ts';

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
    kind: 'held',
    used: { kind: 'password', replacement },
  });
});

test('a busy hasher keeps nobody out: a later log-in will strengthen the verifier', async () => {
  const verdict = await verdictWith(() => Promise.reject(new HasherBusy()));
  expect(verdict).toEqual({ kind: 'held', used: { kind: 'password' } });
});

test('any other failure to hash is one', async () => {
  await expect(verdictWith(() => Promise.reject(new Error('out of memory')))).rejects.toThrow(
    'out of memory',
  );
});

test('a current verifier is not hashed again', async () => {
  const verdict = await verdictWith(() => Promise.reject(new Error('hashed')), testVerifier(digest));
  expect(verdict).toEqual({ kind: 'held', used: { kind: 'password' } });
});
