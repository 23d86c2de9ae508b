/** A small site in PHP: its visitors, its staff and their clients, with ljgate for accounts and sessions. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { requireProgram } from '../support/requirements.ts';
import { conversations, replay } from './replay.ts';
import { type SmallSite, startSmallSite } from './site/start-site.ts';

const there =
  requireProgram('php', '-r', 'sodium_crypto_sign_keypair(); xmlrpc_encode_request("probe", []);') &&
  requireProgram('nginx');

/** A visitor's browser. */
interface Visitor {
  get(path: string): Promise<string>;
  send(path: string, fields: Readonly<Record<string, string>>): Promise<{ status: number; text: string }>;
}

function visitor(site: SmallSite): Visitor {
  let cookie = '';
  const ask = async (path: string, init: RequestInit = {}) => {
    const headers = cookie === '' ? {} : { Cookie: cookie };
    const reply = await fetch(new URL(path, site.url), { ...init, headers, redirect: 'manual' });
    for (const one of reply.headers.getSetCookie()) cookie = one.split(';')[0] ?? '';
    return { status: reply.status, text: await reply.text() };
  };
  return {
    get: async (path) => (await ask(path)).text,
    send: (path, fields) => ask(path, { method: 'POST', body: new URLSearchParams(fields) }),
  };
}

const recorded = conversations.find(
  ({ client, password }) => client === 'ljpost-ruby' && password === 'right',
);

describe.skipIf(!there)('a small site in PHP, behind nginx', () => {
  let site: SmallSite;
  beforeAll(async () => {
    site = await startSmallSite();
  }, 60_000);
  afterAll(() => site?.stop());

  test('somebody registers, logs in, posts with a client, is suspended by the staff, and is out everywhere', async () => {
    if (!recorded) throw new Error('the recording of ljpost-ruby is missing');
    const alice = visitor(site);
    expect(await alice.get('/')).toContain('Nobody is signed in.');
    expect((await alice.send('/register', { username: 'test', password: 'test' })).status).toBe(303);
    expect(await alice.get('/')).toContain('Signed in as test.');
    const taken = await visitor(site).send('/register', { username: 'test', password: 'another' });
    expect([taken.status, taken.text]).toEqual([409, expect.stringContaining('exists already')]);

    const elsewhere = visitor(site);
    expect((await elsewhere.send('/login', { username: 'test', password: 'wrong' })).status).toBe(403);
    expect((await elsewhere.send('/login', { username: 'test', password: 'test' })).status).toBe(303);
    expect(await elsewhere.get('/')).toContain('Signed in as test.');

    await replay(site.url, recorded, true);
    expect(site.entries()).toEqual([{ by: 'test', event: 'body\n', sent: expect.any(Array) }]);
    expect(site.entries()[0]?.sent.filter((name) => /auth|password|username/.test(name))).toEqual([
      'username',
    ]);

    const staff = visitor(site);
    expect((await staff.send('/staff/suspend', { username: 'test' })).status).toBe(403);
    await staff.send('/register', { username: 'staff', password: 'of the staff' });
    expect((await staff.send('/staff/suspend', { username: 'test' })).text).toContain('Suspended.');

    for (const browser of [alice, elsewhere])
      expect(await browser.get('/')).toContain('Nobody is signed in.');
    expect((await alice.send('/login', { username: 'test', password: 'test' })).status).toBe(403);
    await expect(replay(site.url, recorded, true)).rejects.toThrow(/suspended/);
    expect(site.entries()).toHaveLength(1);
  });

  test('who changes the password stays signed in here, and is out everywhere else', async () => {
    const bob = visitor(site);
    const elsewhere = visitor(site);
    await bob.send('/register', { username: 'bob', password: 'first' });
    await elsewhere.send('/login', { username: 'bob', password: 'first' });
    expect((await bob.send('/password', { old: 'wrong', new: 'second' })).status).toBe(403);
    expect((await bob.send('/password', { old: 'first', new: 'second' })).status).toBe(303);
    expect(await bob.get('/')).toContain('Signed in as bob.');
    expect(await elsewhere.get('/')).toContain('Nobody is signed in.');
  });

  test('a call that ljgate did not hand on is not answered', async () => {
    const direct = await fetch(new URL('/interface/xmlrpc', site.direct), {
      method: 'POST',
      body: '<methodCall><methodName>LJ.XMLRPC.postevent</methodName></methodCall>',
    });
    expect(direct.status).toBe(500);
  });
});
