/** Accounts over the interface for sites: what it adds to the verbs, which have tests of their own. */
import { describe, expect, test } from 'vitest';
import { openApiSite } from '../../support/api-site.ts';

const alice = { username: 'alice', password: 'secret of alice' };

test('an account that is made can log in; it is audited with the name of the token', async () => {
  const { ask, site, audit } = await openApiSite();
  const made = await ask('POST /accounts', { body: { ...alice, fullname: 'Alice' } });
  expect([made.status, made.body.fullname]).toEqual([201, 'Alice']);
  expect((await site.call('flat', 'login', alice)).ok).toBe(true);
  expect(audit).toMatchObject([
    { audit: 'accounts add', on: 'alice', outcome: 'done', by: { token: 'everything' } },
  ]);
  expect(JSON.stringify(audit)).not.toContain('secret of alice');
});

test('a wrong account is refused with every fault at once, and nothing is done', async () => {
  const { ask } = await openApiSite();
  const body = {
    username: 'a b',
    password: '',
    fullname: 7,
    caps: -1,
    colour: 'red',
    friendgroups: [{ id: 99 }],
  };
  const { status, body: problem } = await ask('POST /accounts', { body });
  expect(status).toBe(400);
  expect(problem.faults.map(({ field }: { field: string }) => field).toSorted()).toEqual([
    ...[
      '/caps',
      '/colour',
      '/friendgroups/0/id',
      '/friendgroups/0/name',
      '/fullname',
      '/password',
      '/username',
    ],
  ]);
  expect(JSON.stringify(problem)).not.toMatch(/secret/);
  expect((await ask('GET /accounts')).body.accounts).toHaveLength(1);
});

test('a password is in no problem', async () => {
  const { ask } = await openApiSite();
  const body = { ...alice, passwordMd5: 'no digest but a secret', password: 'another secret' };
  expect(JSON.stringify((await ask('POST /accounts', { body })).body)).not.toContain('secret');
});

test('a name that is taken is 409, one that nobody has 404', async () => {
  const { ask } = await openApiSite();
  const taken = await ask('POST /accounts', { body: { username: 'test' } });
  expect([taken.status, taken.body.detail]).toEqual([409, 'Account "test" exists already.']);
  const unknown = await ask('GET /accounts/nobody');
  expect([unknown.status, unknown.body.detail]).toEqual([404, 'There is no account "nobody".']);
  expect((await ask('GET /accounts/a%20b')).status).toBe(400);
});

describe('ETag and If-Match', () => {
  const change = (fullname: string, version: string) => ({
    body: { fullname },
    headers: { 'If-Match': version },
  });

  test('change what was read, and nothing newer', async () => {
    const { ask } = await openApiSite();
    const etag = (await ask('GET /accounts/test')).headers.get('ETag') ?? '';
    const first = await ask('PATCH /accounts/test', change('One', etag));
    expect(first.status).toBe(200);
    expect((await ask('PATCH /accounts/test', change('Two', etag))).status).toBe(412);
    expect((await ask('GET /accounts/test')).body.fullname).toBe('One');
    expect((await ask('GET /accounts/test')).headers.get('ETag')).toBe(first.headers.get('ETag'));
    expect((await ask('PATCH /accounts/test', change('Two', '*'))).status).toBe(200);
  });

  test.each(['status', 'password', 'challenge', 'upstream-key'])('hold for %s', async (what) => {
    const { ask } = await openApiSite();
    const bodies: Record<string, object> = {
      status: { status: 'locked' },
      password: { generate: true },
      challenge: { on: false },
      'upstream-key': { secret: 'k'.repeat(20) },
    };
    const body = bodies[what];
    const old = await ask(`PUT /accounts/test/${what}`, { body, headers: { 'If-Match': '"0-99"' } });
    expect(old.status).toBe(412);
    const etag = (await ask('GET /accounts/test')).headers.get('ETag') ?? '';
    expect((await ask(`PUT /accounts/test/${what}`, { body, headers: { 'If-Match': etag } })).status).toBe(
      200,
    );
  });

  test.each(['W/"0-0"', '0-0', '"a", "b"', '""'])('that are no one ETag are refused: %s', async (version) => {
    const { ask } = await openApiSite();
    expect((await ask('PATCH /accounts/test', change('One', version))).status).toBe(400);
  });

  test('are refused where nothing can be held to them', async () => {
    const { ask } = await openApiSite();
    expect((await ask('DELETE /accounts/test', { headers: { 'If-Match': '"0-0"' } })).status).toBe(400);
  });
});

test('a field of the profile is taken away with null; what is no field of it is refused', async () => {
  const { ask } = await openApiSite();
  await ask('PATCH /accounts/test', { body: { message: 'Hello' } });
  expect((await ask('PATCH /accounts/test', { body: { message: null } })).body.message).toBeNull();
  expect((await ask('PATCH /accounts/test', { body: { status: 'locked' } })).status).toBe(400);
  expect((await ask('PATCH /accounts/test', { body: {} })).status).toBe(400);
});

test('a list comes by page, each account once', async () => {
  const { ask, site } = await openApiSite();
  for (const name of ['a', 'b', 'c', 'd']) await ask('POST /accounts', { body: { username: name } });
  const seen: string[] = [];
  let after = '';
  for (let page = 0; page < 10; page++) {
    const { body } = await ask(`GET /accounts?limit=2${after}`);
    seen.push(...body.accounts.map(({ username }: { username: string }) => username));
    if (body.next === undefined) break;
    after = `&after=${encodeURIComponent(body.next)}`;
  }
  expect(seen).toEqual(['a', 'b', 'c', 'd', 'test']);
  expect(site.log).toEqual([]);
});

test('a status that carries no sessions ends them at the next request', async () => {
  const { ask, site } = await openApiSite();
  const session = await site.session();
  await ask('PUT /accounts/test/status', { body: { status: 'suspended' } });
  expect(await site.isAlive(session)).toBe(false);
  const check = await ask('POST /sessions/check', { body: { session, address: '192.0.2.1' } });
  expect(check.body).toEqual({ valid: false });
});

test('an account that is removed is gone, and its bans can still be looked at', async () => {
  const { ask } = await openApiSite();
  expect((await ask('DELETE /accounts/test')).body).toEqual({ username: 'test' });
  expect((await ask('GET /accounts/test')).status).toBe(404);
  expect((await ask('GET /bans?username=test')).body).toEqual({ bans: [] });
});
