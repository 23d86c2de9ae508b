/** Signing in and out by the page: cookies, refusals, bans, and where one lands. */
import { describe, expect, test } from 'vitest';
import type { Verifier } from '../../../core/accounts/account.ts';
import type { Md5Hex } from '../../../core/auth/digest.ts';
import { StoreUnavailable } from '../../../core/failures.ts';
import { openPages } from '../../support/pages-client.ts';
import { testHasher } from '../../support/ports.ts';
import { named, openSite, right, wrong } from '../../support/site.ts';

const cookieOf = (headers: Headers, name = 'ljsession') =>
  headers.getSetCookie().find((cookie) => cookie.startsWith(`${name}=`)) ?? '';

test('a session that signing in makes is one for the protocol, too', async () => {
  const site = await openSite();
  const someone = openPages(site);
  expect(await someone.signIn()).toMatchObject({ status: 303, location: '/account' });
  expect((await someone.get('/account')).html).toContain('Your sessions');
  expect(await site.isAlive(someone.jar.get('ljsession') ?? '')).toBe(true);
});

describe('the cookie', () => {
  test.each([
    ['http', false],
    ['https', true],
  ])('over %s: HttpOnly, SameSite=Lax, Secure %s', async (scheme, secure) => {
    const someone = openPages(await openSite(), `${scheme}://localhost`);
    const signIn = await someone.get('/account/signin');
    const { headers } = await someone.signIn();
    const account = cookieOf(headers, secure ? '__Host-ljaccount' : 'ljaccount');
    for (const cookie of [cookieOf(headers), account, cookieOf(signIn.headers, 'ljform')]) {
      expect(cookie).toMatch(/; HttpOnly/);
      expect(cookie).toMatch(/; SameSite=Lax/);
      expect(cookie.includes('Secure')).toBe(secure);
    }
  });

  test('goes with the browser, or stays for 30 days', async () => {
    const site = await openSite();
    expect(cookieOf((await openPages(site).signIn()).headers)).not.toMatch(/Max-Age|Expires/i);
    expect(cookieOf((await openPages(site).signIn({ long: '1' })).headers)).toContain('Max-Age=2592000');
  });

  test('is not URL-encoded: older parts of a site read it as it is', async () => {
    expect(cookieOf((await openPages(await openSite()).signIn()).headers)).toMatch(
      /^ljsession=ws:test:\d+:\w+;/,
    );
  });

  test('may be bound to the address that it is made from', async () => {
    const someone = openPages(await openSite());
    await someone.signIn({ bound: '1' });
    expect((await someone.get('/account')).status).toBe(200);
    const elsewhere = await someone.get('/account', { address: '198.51.100.7' });
    expect(elsewhere).toMatchObject({ status: 303, location: '/account/signin?next=/account' });
  });
});

describe('refused', () => {
  test('a wrong name and a wrong password look the same, and no password comes back', async () => {
    const site = await openSite();
    const pages = [{ username: 'nobody', password: 'SENT' }, { password: 'SENT' }, { username: '%%%' }];
    const shown = await Promise.all(pages.map((fields) => openPages(site).signIn(fields)));
    for (const { status, html, headers } of shown) {
      expect(status).toBe(403);
      expect(html).toContain('username or the password is wrong');
      expect(html).not.toContain('SENT');
      expect(cookieOf(headers)).toBe('');
    }
  });

  test.each([
    ['locked', 'locked'],
    ['suspended', 'suspended'],
    ['memorial', 'memorial'],
    ['expunged', 'username or the password is wrong'],
  ] as const)('a %s account', async (status, text) => {
    expect((await openPages(await openSite({ status })).signIn()).html).toContain(text);
  });

  test('login bans hold here, and what is refused here counts for the protocol', async () => {
    const site = await openSite();
    for (let attempt = 0; attempt < 3; attempt++) await openPages(site).signIn({ password: 'wrong' });
    for (let attempt = 0; attempt < 2; attempt++) await site.call('flat', 'login', wrong);
    expect((await openPages(site).signIn()).status).toBe(429);
    expect((await site.call('xmlrpc', 'login', right)).why).toMatch(/^402 /);
    expect((await openPages(site).signIn({}, { address: '198.51.100.7' })).status).toBe(303);
  });

  test('is logged without what was typed', async () => {
    const site = await openSite();
    await openPages(site).signIn({ password: 'SECRET' });
    const entry = site.log.at(-1);
    expect(entry).toMatchObject({
      wire: 'web',
      calls: [{ method: 'signin', account: 'test', outcome: 101 }],
    });
    expect(JSON.stringify(entry)).not.toContain('SECRET');
  });
});

test.each([
  ['/private/page?a=1&b=%26&c=1+2%20%C3%A9', '/private/page?a=1&b=%26&c=1+2%20%C3%A9'],
  ['/é', '/%C3%A9'],
  [`/${'a'.repeat(8000)}`, '/account'],
  ['/a b', '/account'],
  ['/account/keys', '/account/keys'],
  ['https://evil.example/', '/account'],
  ['//evil.example/', '/account'],
  ['/\\evil.example/', '/account'],
  ['/\t/evil.example/', '/account'],
  ['/..//evil.example', '/account'],
  ['javascript:alert(1)', '/account'],
  ['', '/account'],
])('after signing in, next=%j leads to %s', async (next, place) => {
  expect((await openPages(await openSite()).signIn({ next })).location).toBe(place);
});

test('signing out ends the session itself and takes the cookie away', async () => {
  const site = await openSite();
  const someone = openPages(site);
  await someone.signIn();
  const session = someone.jar.get('ljsession') ?? '';
  const out = await someone.send('/account', '/account/signout', {});
  expect(out).toMatchObject({ status: 303, location: '/account/signin?done=out' });
  expect((await someone.get('/account/signin?done=out')).html).toContain('You are signed out.');
  expect(someone.jar.has('ljsession')).toBe(false);
  expect(await site.isAlive(session)).toBe(false);
});

test('signing out also deletes a session that the site keeps as ljmastersession, but no cookie of an older site', async () => {
  const site = await openSite();
  const someone = openPages(site);
  await someone.signIn();
  someone.jar.set('ljmastersession', await site.session());
  await someone.send('/account', '/account/signout', {});
  expect(someone.jar.has('ljmastersession')).toBe(false);
  expect((await someone.get('/account')).status).toBe(303);

  await someone.signIn();
  someone.jar.set('ljmastersession', 'v1:u3:s4:abc');
  await someone.send('/account', '/account/signout', {});
  expect(someone.jar.get('ljmastersession')).toBe('v1:u3:s4:abc');
});

test('who is signed in is not asked again', async () => {
  const someone = openPages(await openSite());
  await someone.signIn();
  expect(await someone.get('/account/signin?next=/account/keys')).toMatchObject({
    status: 303,
    location: '/account/keys',
  });
});

test('a store out of reach is a page that says so, with status 503', async () => {
  const site = await openSite();
  const someone = openPages(site);
  const token = await someone.get('/account/signin');
  expect(token.status).toBe(200);
  await someone.signIn();
  site.ports.records.read = async () => {
    throw new StoreUnavailable('away');
  };
  expect((await openPages(site).signIn()).status).toBe(503);
});

test('an account that another signs in to is another’s', async () => {
  const site = await openSite();
  await site.add({ username: named('other'), fullname: 'Somebody Else' });
  const someone = openPages(site);
  await someone.signIn({ username: 'Other' });
  expect((await someone.get('/account')).html).toContain('Somebody Else');
});

describe('does not tell by its time whether an account exists', () => {
  test.each([
    ['a known name', 'test'],
    ['an unknown name', 'nobody'],
    ['what is no name', 'no body!'],
  ])('%s with a wrong password is one hash', async (_, username) => {
    let hashes = 0;
    const hasher = testHasher();
    const counted = {
      hash: (digest: Md5Hex) => {
        hashes++;
        return hasher.hash(digest);
      },
      verify: (verifier: Verifier, digest: Md5Hex) => {
        hashes++;
        return hasher.verify(verifier, digest);
      },
    };
    const someone = openPages(await openSite({}, {}, { hasher: { ...hasher, ...counted } }));
    const { status, html } = await someone.signIn({ username, password: 'wrong' });
    expect([status, hashes]).toEqual([403, 1]);
    expect(html).toContain('The username or the password is wrong.');
  });
});

test('a network that tries many names that do not exist is refused like a ban, without a hash', async () => {
  let hashes = 0;
  const hasher = testHasher();
  const counted = {
    hash: (digest: Md5Hex) => {
      hashes++;
      return hasher.hash(digest);
    },
  };
  const someone = openPages(await openSite({}, {}, { hasher: { ...hasher, ...counted } }));
  const tries = async (address: string, count: number) => {
    const statuses: number[] = [];
    for (let i = 0; i < count; i++) {
      const { status } = await someone.signIn({ username: `nobody_${i}`, password: 'x' }, { address });
      statuses.push(status);
    }
    return statuses;
  };
  expect((await tries('192.0.2.7', 21)).slice(-2)).toEqual([403, 429]);
  expect(hashes).toBe(20);
  expect(await tries('192.0.2.8', 1)).toEqual([403]);
});
