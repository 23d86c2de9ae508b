/** PROTOCOL §4 for passwords that came as bcrypt hashes: plain once, then any form. */
import { describe, expect, test } from 'vitest';
import { emptyPassword, md5Hex, sha256Hex } from '../../core/auth/digest.ts';
import { testSealer, testVerifier } from '../support/ports.ts';
import { named, openSite, type Site, wires } from '../support/site.ts';
import { respond } from '../support/wire.ts';

/** As the tests' own port reads it. */
const bcrypt = 'test:secret';

async function siteWith(becomes: 'anyForm' | 'plainOnly') {
  const site = await openSite({ password: { accepts: 'plainOnce', bcrypt, becomes } });
  const challenged = async () => {
    const challenge = (await site.call('flat', 'getchallenge')).value('challenge') ?? '';
    const answer = { auth_challenge: challenge, auth_response: respond(challenge, 'secret') };
    return site.call('flat', 'login', { username: 'test', auth_method: 'challenge', ...answer });
  };
  return { ...site, challenged, stored: () => storedPassword(site) };
}

async function storedPassword({ ports }: Site, username = 'test') {
  const query = { account: named(username), sessions: [], refusals: [] };
  return (await ports.records.read(query)).account?.password;
}

/** What a log-in with an empty password once made of the hash of one, for the account `replaced`. */
const hashedEmpty = {
  accepts: 'anyForm',
  verifier: testVerifier(emptyPassword),
  sealed: testSealer().seal(emptyPassword, named('replaced'), 'password'),
} as const;

const plain = { username: 'test', password: 'secret' };
const hashed = { username: 'test', hpassword: md5Hex('secret') };

describe.each(wires)('a bcrypt hash over %s', (wire) => {
  test('takes the plain password, and after that every form', async () => {
    const site = await siteWith('anyForm');
    expect((await site.call(wire, 'login', hashed)).ok).toBe(false);
    expect((await site.challenged()).ok).toBe(false);
    expect((await site.call(wire, 'login', { ...plain, password: 'wrong' })).ok).toBe(false);
    expect(await site.stored()).toMatchObject({ accepts: 'plainOnce' });

    expect((await site.call(wire, 'login', plain)).ok).toBe(true);
    expect(await site.stored()).toMatchObject({
      accepts: 'anyForm',
      verifier: testVerifier(md5Hex('secret')),
      replaced: sha256Hex(bcrypt),
    });
    expect((await site.call(wire, 'login', hashed)).ok).toBe(true);
    expect((await site.call(wire, 'login', plain)).ok).toBe(true);
    expect((await site.challenged()).ok).toBe(true);
  });

  test('becomes what the account allows', async () => {
    const site = await siteWith('plainOnly');
    expect((await site.call(wire, 'login', plain)).ok).toBe(true);
    expect(await site.stored()).toEqual({
      accepts: 'plainOnly',
      verifier: testVerifier(md5Hex('secret')),
      replaced: sha256Hex(bcrypt),
    });
    expect((await site.call(wire, 'login', hashed)).ok).toBe(false);
    expect((await site.challenged()).ok).toBe(false);
  });

  test('of an empty password authenticates nobody, even where the digest of one is stored', async () => {
    const password = { accepts: 'plainOnce', bcrypt: 'test:', becomes: 'anyForm' } as const;
    const site = await openSite({ password });
    await site.add({ username: named('replaced'), password: hashedEmpty });
    for (const username of ['test', 'replaced']) {
      const forms = [
        { password: '' },
        { hpassword: emptyPassword },
        { password: '', hpassword: emptyPassword },
      ];
      for (const form of forms) {
        expect((await site.call(wire, 'login', { username, ...form })).why).toMatch(/Invalid password$/);
      }
    }
    const challenge = (await site.call('flat', 'getchallenge')).value('challenge') ?? '';
    const answer = { auth_challenge: challenge, auth_response: respond(challenge, '') };
    const fields = { username: 'replaced', auth_method: 'challenge', ...answer };
    expect((await site.call(wire, 'login', fields)).why).toMatch(/Invalid password$/);
  });

  test('of 72 bytes or more lets in, and is not replaced: bcrypt reads no more than 72', async () => {
    const long = 'x'.repeat(72);
    const password = { accepts: 'plainOnce', bcrypt: `test:${long}`, becomes: 'anyForm' } as const;
    const site = await openSite({ password });
    expect((await site.call(wire, 'login', { username: 'test', password: long })).ok).toBe(true);
    expect(await storedPassword(site)).toEqual(password);
    const short = 'x'.repeat(71);
    await site.add({ username: named('short'), password: { ...password, bcrypt: `test:${short}` } });
    expect((await site.call(wire, 'login', { username: 'short', password: short })).ok).toBe(true);
    expect(await storedPassword(site, 'short')).toMatchObject({ accepts: 'anyForm' });
  });

  test('keeps the sessions that were made before', async () => {
    const site = await siteWith('anyForm');
    const session = await site.session(plain);
    expect(await site.isAlive(session)).toBe(true);
    expect((await site.call(wire, 'login', plain)).ok).toBe(true);
    expect(await site.isAlive(session)).toBe(true);
  });
});
