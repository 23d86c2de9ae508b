/** End users over the interface for sites: their credentials, sessions and bans. */
import { describe, expect, test } from 'vitest';
import { type ApiSite, openApiSite } from '../../support/api-site.ts';
import { respond } from '../../support/wire.ts';

const address = '192.0.2.77';
const verify = (ask: ApiSite['ask'], fields: object) =>
  ask('POST /verify', { body: { username: 'test', address, ...fields } });

describe('verify', () => {
  test('takes credentials of every kind, and says how they were proved', async () => {
    const { ask, site } = await openApiSite();
    const key = (await ask('POST /accounts/test/keys', { body: { name: 'phone' } })).body;
    const challenge = (await site.call('flat', 'getchallenge')).value('challenge') ?? '';
    const ways: [object, object][] = [
      [{ password: 'test' }, { by: 'password', key: null }],
      [{ hpassword: '098f6bcd4621d373cade4e832627b4f6' }, { by: 'password', key: null }],
      [
        { challenge, response: respond(challenge, 'test') },
        { by: 'password', key: null },
      ],
      [{ password: key.secret }, { by: 'clientKey', key: key.id }],
      [{ session: await site.session() }, { by: 'session', key: null }],
    ];
    for (const [shown, expected] of ways) {
      const { body } = await verify(ask, shown);
      expect(body).toMatchObject({ verified: true, username: 'test', status: 'active', ...expected });
    }
  });

  test.each([
    [{ password: 'wrong' }, 101],
    [{ hpassword: 'x' }, 101],
    [{ session: 'ws:test:1:aaaa' }, 101],
    [{ username: 'nobody', password: 'x' }, 100],
  ])('%j is an answer, not a problem: refusal %i', async (shown, code) => {
    const { ask, log } = await openApiSite();
    const { status, body } = await verify(ask, shown);
    expect([status, body.verified, body.code]).toEqual([200, false, code]);
    expect(log.at(-1)?.calls).toMatchObject([{ method: 'verify', outcome: code, token: 'everything' }]);
  });

  test("bans the end user's address, and never that of the site's code", async () => {
    const { ask, site } = await openApiSite();
    for (let i = 0; i < 5; i++) await verify(ask, { password: `wrong ${i}` });
    expect((await verify(ask, { password: 'test' })).body.code).toBe(402);
    const elsewhere = await verify(ask, { password: 'test', address: '192.0.2.78' });
    expect(elsewhere.body.verified).toBe(true);
    const wrong = { username: 'test', password: 'test' };
    expect((await site.call('flat', 'login', wrong, { address })).why).toMatch(/banned/);
    expect((await site.call('flat', 'login', wrong, { address: '10.0.0.1' })).ok).toBe(true);
  });

  test('a hundred typing errors of as many people ban nobody else', async () => {
    const { ask } = await openApiSite();
    for (let i = 0; i < 110; i++) {
      await ask('POST /accounts', { body: { username: `u${i}` } });
      await verify(ask, { username: `u${i}`, password: 'x', address: `198.51.100.${i}` });
    }
    expect((await verify(ask, { password: 'test' })).body.verified).toBe(true);
  });

  test.each([
    [{}],
    [{ password: 'a', session: 'b' }],
    [{ password: 'a', hpassword: 'b' }],
    [{ password: 'a', address: 'localhost' }],
    [{ password: 'a', address: undefined }],
    [{ password: 7 }],
    [{ password: 'a', username: 'a b' }],
  ])('wants one way and a real address: %j', async (fields) => {
    const { ask } = await openApiSite();
    expect((await verify(ask, fields)).status).toBe(400);
  });
});

describe('a session', () => {
  const make = (ask: ApiSite['ask'], fields: object, token?: string) =>
    ask('POST /accounts/test/sessions', { body: { address, ...fields }, ...(token && { token }) });

  test("is made with the end user's credentials, and checked", async () => {
    const { ask, site } = await openApiSite();
    const { body, status } = await make(ask, { password: 'test', expiration: 'long', agent: 'Browser/1' });
    expect(status).toBe(201);
    expect(body).toMatchObject({ made: true, via: 'password', agent: 'Browser/1' });
    expect(await site.isAlive(body.session)).toBe(true);
    const { body: checked } = await ask('POST /sessions/check', { body: { session: body.session, address } });
    expect(checked).toMatchObject({ valid: true, username: 'test', id: body.id, via: 'password' });
  });

  test('is refused with wrong credentials, in the answer', async () => {
    const { ask, audit } = await openApiSite();
    expect((await make(ask, { password: 'wrong' })).body).toMatchObject({ made: false, code: 101 });
    expect(audit).toMatchObject([{ audit: 'sessions make', outcome: 'failed' }]);
  });

  test('without credentials wants the scope to vouch, with them the other', async () => {
    const { ask, makeToken } = await openApiSite();
    const [plain, vouching] = [await makeToken('a', ['sessions']), await makeToken('b', ['sessions:vouch'])];
    expect((await make(ask, {}, plain)).status).toBe(403);
    expect((await make(ask, {}, vouching)).body).toMatchObject({ made: true, via: 'site' });
    expect((await make(ask, { password: 'test' }, vouching)).status).toBe(403);
    expect((await make(ask, { password: 'test' }, plain)).body.made).toBe(true);
  });

  test('is vouched for only where the account has sessions', async () => {
    const { ask } = await openApiSite();
    await ask('PUT /accounts/test/status', { body: { status: 'suspended' } });
    expect((await make(ask, {})).status).toBe(409);
  });

  test.each([{}, { password: 'test' }])('may be bound to an address: %j', async (shown) => {
    const { ask } = await openApiSite();
    const { session } = (await make(ask, { ...shown, bound: true })).body;
    const check = async (from: string) =>
      (await ask('POST /sessions/check', { body: { session, address: from } })).body.valid;
    expect([await check(address), await check('192.0.2.78')]).toEqual([true, false]);
  });

  test('is listed by page, and ended: some, or all', async () => {
    const { ask } = await openApiSite();
    const made = [await make(ask, {}), await make(ask, {}), await make(ask, {})].map(({ body }) => body.id);
    const first = (await ask('GET /accounts/test/sessions?limit=2')).body;
    const rest = (await ask(`GET /accounts/test/sessions?limit=2&after=${first.next}`)).body;
    const ids = [...first.sessions, ...rest.sessions].map(({ id }: { id: number }) => id);
    expect(ids.toSorted()).toEqual(made.toSorted());
    const end = (body: object) => ask('POST /accounts/test/sessions/expire', { body });
    expect((await end({ ids: [made[0]] })).body).toEqual({ username: 'test', expired: [made[0]] });
    expect((await end({ ids: [made[0]] })).status).toBe(404);
    expect((await end({ all: true })).body.expired).toBe('all');
    expect((await ask('GET /accounts/test/sessions')).body.sessions).toEqual([]);
    expect((await end({})).status).toBe(400);
  });

  test.each(['', 'nonsense', 'ws:test:1:a; ljsession=ws:test:2:b', 'ws:test:99999999999:a'])(
    'that is none is not valid: %j',
    async (session) => {
      const { ask } = await openApiSite();
      expect((await ask('POST /sessions/check', { body: { session, address } })).body).toEqual({
        valid: false,
      });
    },
  );
});

test('a client key is shown once, listed without its secret, and revoked with its sessions', async () => {
  const { ask, site } = await openApiSite();
  const { id, secret } = (await ask('POST /accounts/test/keys', { body: { name: 'phone' } })).body;
  const { session } = (await ask('POST /accounts/test/sessions', { body: { address, password: secret } }))
    .body;
  const list = (await ask('GET /accounts/test/keys')).body;
  expect(list.keys).toMatchObject([{ id, name: 'phone' }]);
  expect(JSON.stringify(list)).not.toContain(secret);
  expect((await ask(`DELETE /accounts/test/keys/${id}`)).body.name).toBe('phone');
  expect(await site.isAlive(session)).toBe(false);
  expect((await ask(`DELETE /accounts/test/keys/${id}`)).status).toBe(404);
});

test('bans are listed by account and by address, and lifted at once', async () => {
  const { ask } = await openApiSite();
  for (let i = 0; i < 5; i++) await verify(ask, { password: `wrong ${i}` });
  const ban = { account: 'test', network: address, refusals: 5, banned: true };
  expect((await ask('GET /bans?username=test')).body.bans).toMatchObject([ban]);
  expect((await ask(`GET /bans?address=${address}`)).body.bans).toContainEqual(expect.objectContaining(ban));
  expect((await ask('GET /bans')).status).toBe(400);
  expect((await ask('GET /bans?address=here')).status).toBe(400);
  expect((await ask(`DELETE /bans?username=test&address=${address}`)).body.lifted).toBe(1);
  expect((await verify(ask, { password: 'test' })).body.verified).toBe(true);
});
