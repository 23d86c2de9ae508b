import { describe, expect, test } from 'vitest';
import type { ClientKeyId, Verifier } from '../../../core/accounts/account.ts';
import { type Md5Hex, md5Hex, sha256Hex } from '../../../core/auth/digest.ts';
import { networkOf } from '../../../core/auth/network.ts';
import { verifyClaims, verifyDigest, verifyResponse, wrong } from '../../../core/auth/verification.ts';
import { HasherBusy } from '../../../core/failures.ts';
import type { PasswordHasher } from '../../../core/ports.ts';
import type { Session } from '../../../core/sessions/session.ts';
import {
  authDigest,
  type SessionClaim,
  type SessionId,
  sessionIdOf,
} from '../../../core/sessions/session-string.ts';
import { testAccount, testHasher, testPorts, testSealer, testVerifier } from '../../support/ports.ts';
import { named } from '../../support/site.ts';

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

describe('a bcrypt hash that was brought over', () => {
  const bcrypt = { accepts: 'plainOnce', bcrypt: 'test:test', becomes: 'anyForm' } as const;
  const clear = (text: string) => ({
    method: 'clear' as const,
    sent: 'password' as const,
    digest: md5Hex(text),
    password: new TextEncoder().encode(text),
  });

  test('is replaced by the password that matched it', async () => {
    const verdict = await verifyDigest(testPorts(), testAccount({ password: bcrypt }), clear('test'));
    expect(verdict).toMatchObject({
      kind: 'accepted',
      used: { kind: 'bcrypt', replacement: { old: bcrypt, new: { accepts: 'anyForm' } } },
    });
  });

  test('lets in and stays where the hasher is busy, or bcrypt read only the beginning', async () => {
    const kept = { kind: 'accepted', used: { kind: 'bcrypt' } };
    const hasher = { ...testHasher(), hash: () => Promise.reject(new HasherBusy()) };
    const busy = testPorts(undefined, { hasher });
    expect(await verifyDigest(busy, testAccount({ password: bcrypt }), clear('test'))).toEqual(kept);
    const long = 'x'.repeat(72);
    const account = testAccount({ password: { ...bcrypt, bcrypt: `test:${long}` } });
    expect(await verifyDigest(testPorts(), account, clear(long))).toEqual(kept);
    const failing = { ...testHasher(), hash: () => Promise.reject(new Error('out of memory')) };
    const broken = verifyDigest(
      testPorts(undefined, { hasher: failing }),
      testAccount({ password: bcrypt }),
      clear('test'),
    );
    await expect(broken).rejects.toThrow('out of memory');
  });

  test('takes neither another password nor an MD5, and that counts', async () => {
    const account = testAccount({ password: bcrypt });
    const hpassword = { method: 'clear', sent: 'hpassword', digest } as const;
    for (const credentials of [clear('guess'), hpassword]) {
      expect(await verifyDigest(testPorts(), account, credentials)).toEqual(wrong);
    }
  });
});

describe('a response to a challenge', () => {
  const challenge = 'c0:some:challenge';
  const respond = (to: string) => md5Hex(challenge + md5Hex(to));
  const keyed = async () => {
    const id = 'f4rtqk2n' as ClientKeyId;
    const sealed = testSealer().seal(md5Hex('key'), named('test'), `client-key:${id}`);
    return { id, name: 'k', digest: sha256Hex(md5Hex('key')), sealed, created: 0 };
  };

  test('is of the password, or of a client key', async () => {
    const key = await keyed();
    const account = testAccount({ clientKeys: [key] });
    const verify = (response: Md5Hex) => verifyResponse(testPorts(), account, challenge, response);
    expect(await verify(respond('test'))).toEqual({ kind: 'accepted', used: { kind: 'password' } });
    expect(await verify(respond('key'))).toEqual({ kind: 'accepted', used: { kind: 'clientKey', key } });
    expect(await verify(respond('guess'))).toEqual(wrong);
  });

  test('is none of a password that takes no challenges, or that is empty', async () => {
    const [plain, empty] = [
      testAccount({ password: { accepts: 'plainOnly', verifier: testVerifier(digest) } }),
      testAccount({
        password: {
          accepts: 'anyForm',
          verifier: testVerifier(md5Hex('')),
          sealed: testSealer().seal(md5Hex(''), named('test'), 'password'),
        },
      }),
    ];
    expect(await verifyResponse(testPorts(), plain, challenge, respond('test'))).toEqual(wrong);
    expect(await verifyResponse(testPorts(), empty, challenge, respond(''))).toEqual(wrong);
  });
});

describe('the sessions of a cookie', () => {
  const now = 1_800_000_000;
  const home = networkOf('192.0.2.1');
  const [first, second] = [1_234_567, 1_234_568].map(sessionIdOf);
  const session = (id: SessionId, expires = now + 100): Session => ({
    owner: named('test'),
    id,
    digest: authDigest('secret'),
    generation: 0,
    term: 'short',
    created: now,
    expires,
  });
  const claim = (id: SessionId, auth = 'secret', owner = 'test') => ({ owner: named(owner), id, auth });
  const verdict = (claims: SessionClaim[], sessions: Session[], ended: SessionId[] = []) => {
    const records = {
      account: testAccount(),
      sessions: new Map(sessions.map((one) => [one.id, one])),
      ended: new Set(ended),
      refusals: new Map(),
    };
    return verifyClaims(claims, records, testAccount(), home, now);
  };

  test('let in by the first that holds', () => {
    const [a, b] = [session(first ?? sessionIdOf(1), now - 1), session(second ?? sessionIdOf(2))];
    expect(verdict([claim(a.id), claim(b.id)], [a, b])).toEqual({
      kind: 'accepted',
      used: { kind: 'session', session: b },
    });
  });

  test('are a guess where one was never made, and no guess where all were good once', () => {
    const old = session(sessionIdOf(1), now - 1);
    const refused = (counts: boolean) => ({ kind: 'refused', code: 101, counts });
    expect(verdict([claim(old.id)], [old])).toEqual(refused(false));
    expect(verdict([claim(old.id, 'guess')], [old])).toEqual(refused(true));
    expect(verdict([claim(sessionIdOf(7))], [])).toEqual(refused(true));
    expect(verdict([claim(sessionIdOf(7))], [], [sessionIdOf(7)])).toEqual(refused(false));
    expect(verdict([claim(old.id), claim(sessionIdOf(7))], [old])).toEqual(refused(true));
  });

  test('of another account are a guess at this one', () => {
    const other = { ...session(sessionIdOf(1)), owner: named('other') };
    expect(verdict([claim(other.id, 'secret', 'other')], [other])).toMatchObject({
      kind: 'refused',
      counts: true,
    });
    expect(verdict([], [])).toMatchObject({ kind: 'refused', counts: true });
  });
});
