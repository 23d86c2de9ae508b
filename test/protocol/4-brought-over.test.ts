/** PROTOCOL §4 for passwords that came as bcrypt hashes: plain once, then any form. */
import { describe, expect, test } from 'vitest';
import { md5Hex, sha256Hex } from '../../core/digest.ts';
import { testVerifier } from '../support/ports.ts';
import { named, openSite, wires } from '../support/site.ts';
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
  const stored = async () => {
    const query = { account: named('test'), sessions: [], refusals: [] };
    return (await site.ports.records.read(query)).account?.password;
  };
  return { ...site, challenged, stored };
}

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

  test('keeps the sessions that were made before', async () => {
    const site = await siteWith('anyForm');
    const session = await site.session(plain);
    expect(await site.isAlive(session)).toBe(true);
    expect((await site.call(wire, 'login', plain)).ok).toBe(true);
    expect(await site.isAlive(session)).toBe(true);
  });
});
