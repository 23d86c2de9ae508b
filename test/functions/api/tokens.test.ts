/** Tokens of a site's own code: what each may do, and when it no longer may. */
import { describe, expect, test } from 'vitest';
import { scopes } from '../../../core/auth/token.ts';
import { StoreUnavailable } from '../../../core/failures.ts';
import { operations } from '../../../functions/api/operations.ts';
import { revokeToken } from '../../../infra/operations/token-operations.ts';
import { openApiSite } from '../../support/api-site.ts';

const requests = Object.entries(operations).map(([name, { method, path, scopes }]) => ({
  name,
  scopes,
  request: `${method} ${path.replace('{username}', 'test').replace('{key}', 'k')}`,
}));

describe.each(requests)('$name', ({ request, scopes: needed }) => {
  test('wants a token', async () => {
    const { ask } = await openApiSite();
    const { status, headers } = await ask(request, { token: undefined });
    expect([status, headers.get('WWW-Authenticate')]).toEqual([401, 'Bearer realm="ljgate"']);
  });

  test('wants one of its scopes, and does nothing without', async () => {
    const { ask, makeToken, audit } = await openApiSite();
    const token = await makeToken(
      'others',
      scopes.filter((scope) => !needed.includes(scope)),
    );
    const { status, headers, body } = await ask(
      request,
      request.startsWith('GET') ? { token } : { token, body: {} },
    );
    if (needed.length === 0) return expect(status).toBe(200);
    expect(status).toBe(403);
    for (const scope of needed) {
      expect(headers.get('WWW-Authenticate')).toContain(scope);
      expect(body.detail).toContain(scope);
    }
    expect(audit).toEqual([]);
  });
});

test('a token says who it is, and when it was last used', async () => {
  const { ask, makeToken, site } = await openApiSite();
  const token = await makeToken('shop', ['verify'], 1_900_000_000);
  const shown = { name: 'shop', scopes: ['verify'], expires: '2030-03-17T17:46:40Z' };
  expect((await ask('GET /token', { token })).body).toMatchObject({ ...shown, lastUsed: null });
  site.clock.advance(3_700_000);
  expect((await ask('GET /token', { token })).body.lastUsed).toBe('2027-01-15T08:00:00Z');
});

test('a token does its work also where its use cannot be noted', async () => {
  const { ask, site } = await openApiSite();
  site.store.admin.tokens.noteUse = () => Promise.reject(new StoreUnavailable('the disk is full'));
  expect((await ask('GET /token')).status).toBe(200);
});

test('a token that was revoked is refused at the next request', async () => {
  const { ask, makeToken, site } = await openApiSite();
  const token = await makeToken('shop', ['verify']);
  expect((await ask('GET /token', { token })).status).toBe(200);
  await revokeToken({ store: site.store }, 'shop');
  expect((await ask('GET /token', { token })).status).toBe(401);
});

test('a token that has ended is refused', async () => {
  const { ask, makeToken, site } = await openApiSite();
  const token = await makeToken('shop', ['verify'], 1_800_000_060);
  expect((await ask('GET /token', { token })).status).toBe(200);
  site.clock.advance(60_000);
  expect((await ask('GET /token', { token })).status).toBe(401);
});

test('a token with any one character changed is refused', async () => {
  const { ask, token } = await openApiSite();
  for (let at = 0; at < token.length; at++) {
    const changed = `${token.slice(0, at)}${token[at] === '2' ? '3' : '2'}${token.slice(at + 1)}`;
    // Each from another address, so that none is refused unread.
    const { status } = await ask('GET /token', { token: changed, address: `198.51.100.${at}` });
    expect(status).toBe(401);
  }
});

describe('unknown tokens', () => {
  const unknown = { token: `ljgate_${'a'.repeat(8)}_${'b'.repeat(32)}` };

  test('from one address are refused unread after twenty in a minute, with 429 and Retry-After', async () => {
    const { ask, site } = await openApiSite();
    for (let i = 0; i < 20; i++) expect((await ask('GET /token', unknown)).status).toBe(401);
    const { status, headers } = await ask('GET /token', unknown);
    expect([status, headers.get('Retry-After')]).toEqual([429, '60']);
    expect((await ask('GET /token', { ...unknown, address: '10.0.0.2' })).status).toBe(401);
    site.clock.advance(60_000);
    expect((await ask('GET /token', unknown)).status).toBe(401);
  });

  test('do not keep out a token that was used here before', async () => {
    const { ask } = await openApiSite();
    expect((await ask('GET /token')).status).toBe(200);
    for (let i = 0; i < 30; i++) await ask('GET /token', unknown);
    expect((await ask('GET /token')).status).toBe(200);
  });

  test('are not in the log; an address is', async () => {
    const { ask, log } = await openApiSite();
    await ask('GET /token', unknown);
    expect(JSON.stringify(log)).not.toContain('bbbb');
    expect(log).toMatchObject([{ wire: 'api', status: 401, address: '10.0.0.1' }]);
  });
});
