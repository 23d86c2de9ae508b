/** What other sites, and people with strange names, try on the pages: nothing gets through. */
import { describe, expect, test } from 'vitest';
import { openPages, tokenIn } from '../../support/pages-client.ts';
import { named, openSite } from '../../support/site.ts';

const evil = `"'><script>alert(1)</script><img src=x onerror=alert(1)>`;

describe('forms from elsewhere', () => {
  const actions = [
    '/account/sessions/end',
    '/account/keys',
    '/account/keys/revoke',
    '/account/password',
    '/account/signout',
  ];
  const fields = { which: 'all', name: 'x', password: 'test', new: 'new password', again: 'new password' };

  test.each(actions)('%s takes the token of this very session', async (action) => {
    const site = await openSite();
    const owner = openPages(site);
    await owner.signIn();
    const second = openPages(site);
    await second.signIn();
    const tokens = [
      '',
      'x',
      tokenIn(await second.get('/account')),
      tokenIn(await openPages(site).get('/account/signin')),
    ];
    for (const token of tokens) {
      expect((await owner.post(action, { ...fields, token })).status).toBe(403);
    }
    expect((await owner.get('/account')).status).toBe(200);
  });

  test.each([
    [{ 'Sec-Fetch-Site': 'cross-site' }],
    [{ 'Sec-Fetch-Site': 'same-site' }],
    [{ 'Sec-Fetch-Site': 'none' }],
  ])('even a stolen token does not do with %j', async (headers) => {
    const site = await openSite();
    const owner = openPages(site);
    await owner.signIn();
    for (const action of actions) {
      expect((await owner.send('/account', action, fields, { headers })).status).toBe(403);
    }
    expect((await owner.get('/account')).status).toBe(200);
  });

  test.each([
    'https://evil.example',
    'null',
    'http://localhost.evil.example',
    'http://localhost:81',
    'nonsense',
  ])('nor does the Origin %s, where a browser says no more', async (origin) => {
    const site = await openSite();
    const owner = openPages(site);
    await owner.signIn();
    const token = tokenIn(await owner.get('/account'));
    const cookie = [...owner.jar].map((pair) => pair.join('=')).join('; ');
    const reply = await site.fetch('http://localhost/account/signout', {
      method: 'POST',
      body: new URLSearchParams({ token }),
      headers: { Origin: origin, Host: 'localhost', Cookie: cookie },
    });
    expect(reply.status).toBe(403);
  });

  test('nobody is signed in to an attacker’s account: the sign-in form is bound to the browser', async () => {
    const site = await openSite();
    const attacker = openPages(site);
    const token = tokenIn(await attacker.get('/account/signin'));
    const victim = openPages(site);
    const login = { username: 'test', password: 'test', token };
    expect((await victim.post('/account/signin', login)).status).toBe(403);
    await victim.get('/account/signin');
    expect((await victim.post('/account/signin', login)).status).toBe(403);
    victim.jar.set('ljform', 'chosen');
    expect((await victim.post('/account/signin', login)).status).toBe(403);
  });

  test('nothing is changed by a GET', async () => {
    const site = await openSite();
    const owner = openPages(site);
    await owner.signIn();
    for (const action of ['/account/signout', '/account/sessions/end', '/account/keys/revoke']) {
      expect(
        (await owner.get(`${action}?which=all&token=${tokenIn(await owner.get('/account'))}`)).status,
      ).toBe(404);
    }
  });

  test('a form of more than 16 KiB is not read', async () => {
    const site = await openSite();
    const owner = openPages(site);
    await owner.signIn();
    const { status } = await owner.send('/account/keys', '/account/keys', { name: 'x'.repeat(20_000) });
    expect(status).toBe(413);
  });
});

describe('text of people’s own', () => {
  test('full names, key names, user agents and group names stay text on every page', async () => {
    const site = await openSite({
      fullname: evil,
      friendgroups: [{ id: 1, name: evil, sortorder: 0, public: true }],
    });
    const owner = openPages(site);
    await owner.signIn();
    const headers = { 'User-Agent': `Client/1.0 ${evil}` };
    await site.session({ clientversion: evil }, { headers });
    await site.session({}, { headers: { 'User-Agent': `Mozilla/5.0 ${evil}` } });
    await site.call('flat', 'login', { username: 'test', password: 'test', clientversion: evil });
    await owner.send('/account/keys', '/account/keys', { name: evil, password: 'test' });
    for (const path of ['/', '/account', '/account/keys', '/account/password']) {
      const { html } = await owner.get(path);
      expect(html).not.toMatch(/<script>|<img|onerror=alert\(1\)>/);
      if (path !== '/') expect(html).toContain('&lt;script&gt;alert(1)&lt;/script&gt;');
    }
  });

  test('what was typed into a refused form stays text', async () => {
    const site = await openSite();
    const { html } = await openPages(site).signIn({ username: evil, next: `/x${evil}` });
    expect(html).not.toMatch(/<script>|<img/);
    const owner = openPages(site);
    await owner.signIn();
    const refused = await owner.send('/account/keys', '/account/keys', { name: evil, password: 'wrong' });
    expect(refused.html).not.toMatch(/<script>|<img/);
  });

  test('an address says nothing on a page that is not ours to say', async () => {
    const owner = openPages(await openSite());
    await owner.signIn();
    const { html } = await owner.get(`/account?done=${encodeURIComponent(evil)}`);
    expect(html).not.toContain('alert');
    expect((await owner.get('/account?done=toString')).html).not.toContain('native code');
  });
});

describe('every page', () => {
  test.each(['/', '/account/signin', '/account', '/account/keys', '/account/password'])(
    '%s forbids inline scripts, frames and what is not ours',
    async (path) => {
      const owner = openPages(await openSite());
      if (path !== '/account/signin') await owner.signIn();
      const { headers, html } = await owner.get(path);
      const policy = headers.get('Content-Security-Policy') ?? '';
      expect(policy).toContain("default-src 'none'");
      expect(policy).toContain("frame-ancestors 'none'");
      expect(policy).not.toMatch(/unsafe|http|\*/);
      expect(policy.includes('script-src')).toBe(path === '/');
      expect(headers.get('X-Content-Type-Options')).toBe('nosniff');
      expect(html).not.toMatch(/<script(?![^>]*\ssrc=)|\son\w+=|\sstyle=|javascript:/);
      expect(html).not.toMatch(/(?:src|href|action)="(?!\/)/);
    },
  );

  test('its assets have addresses that change with them, and may be kept for ever', async () => {
    const site = await openSite();
    const { html } = await openPages(site).get('/');
    const links = [...html.matchAll(/(?:src|href)="(\/assets\/[0-9a-f]{16}\/[^"]+)"/g)].map(
      ([, path]) => path ?? '',
    );
    expect(links.map((path) => path.split('/').at(-1))).toEqual(['style.css', 'icon.svg', 'console.js']);
    for (const path of links) {
      const reply = await site.fetch(path);
      expect([reply.status, reply.headers.get('Cache-Control')]).toEqual([
        200,
        expect.stringContaining('immutable'),
      ]);
    }
    expect((await site.fetch('/assets/0000000000000000/style.css')).status).toBe(404);
    expect((await site.fetch('/assets/../package.json')).status).toBe(404);
  });
});

describe('a sibling host that adds a session of its own for /account', () => {
  async function tossed(origin: string) {
    const site = await openSite();
    await site.add({ username: named('mallory') });
    const theirs = await site.session({ username: 'mallory' });
    const victim = openPages(site, origin);
    const cookies = () =>
      [`ljsession=${theirs}`, ...[...victim.jar].map((pair) => pair.join('='))].join('; ');
    return { site, theirs, victim, withToss: () => ({ headers: { Cookie: cookies() } }) };
  }

  test.each(['http://localhost', 'https://www.example.com'])(
    'does not show its owner’s account to who is signed in, and takes no part in signing out: %s',
    async (origin) => {
      const { site, theirs, victim, withToss } = await tossed(origin);
      await victim.signIn();
      const own = victim.jar.get('ljsession') ?? '';
      const page = await victim.get('/account', withToss());
      expect(page.html).toContain('test');
      expect(page.html).not.toContain('mallory');
      const out = await victim.post('/account/signout', { token: tokenIn(page) }, withToss());
      expect(out.status).toBe(303);
      expect(victim.jar.has('ljsession')).toBe(false);
      expect(await site.isAlive(own)).toBe(false);
      expect((await site.fetch('/session', { headers: { Cookie: `ljsession=${theirs}` } })).status).toBe(200);
      const deleted = out.headers.getSetCookie().join('\n');
      expect(deleted).toContain('ljsession=; Path=/account; Max-Age=0');
      if (origin.startsWith('https')) {
        expect(deleted).toContain('ljsession=; Path=/account; Domain=example.com; Max-Age=0');
        expect(deleted).not.toContain('Domain=com');
      }
    },
  );

  test('shows nobody’s account where the pages do not know who signed in', async () => {
    const { site, victim, withToss } = await tossed('http://localhost');
    victim.jar.set('ljsession', await site.session());
    expect((await victim.get('/account')).status).toBe(200);
    expect(await victim.get('/account', withToss())).toMatchObject({ status: 303 });
  });

  test('cannot say by a cookie of its own who signed in, over https', async () => {
    const { victim, withToss } = await tossed('https://www.example.com');
    await victim.signIn();
    const { headers } = withToss();
    const page = await victim.get('/account', {
      headers: { Cookie: `ljaccount=mallory; ${headers.Cookie}` },
    });
    expect(page.html).not.toContain('mallory');
  });

  test('loses its cookie when somebody signs in beside it', async () => {
    const { victim, withToss } = await tossed('http://www.example.com');
    const signIn = await victim.get('/account/signin');
    const login = { username: 'test', password: 'test', token: tokenIn(signIn) };
    const { headers } = await victim.post('/account/signin', login, withToss());
    const [first] = headers.getSetCookie();
    expect(first).toContain('Max-Age=0');
    expect(headers.getSetCookie().at(-2)).toMatch(/^ljsession=ws:test:/);
  });
});

test.each([
  ['of thousands of labels', Array.from({ length: 5000 }, () => 'a').join('.')],
  ['longer than a name', `${'aaaaaaaaa.'.repeat(30)}example.com`],
  ['that is no name', 'a;Path=/x.example.com'],
])('a Host %s makes the reply no longer', async (_, host) => {
  const site = await openSite();
  const someone = openPages(site);
  const token = tokenIn(await someone.get('/account/signin'));
  const cookies = ['ljsession=ws:mallory:1:x', ...[...someone.jar].map((pair) => pair.join('='))].join('; ');
  const login = { username: 'test', password: 'test', token };
  const headers = { Host: host, 'Sec-Fetch-Site': 'same-origin', Cookie: cookies };
  const reply = await site.fetch('/account/signin', {
    method: 'POST',
    body: new URLSearchParams(login),
    headers,
  });
  expect(reply.status).toBe(303);
  expect(reply.headers.getSetCookie().join('\n')).not.toContain('Domain');
});

test('a session that another account’s owner holds opens nothing here', async () => {
  const site = await openSite();
  await site.add({ username: named('other') });
  const owner = openPages(site);
  await owner.signIn();
  const [, , id, auth] = (owner.jar.get('ljsession') ?? '').split(':');
  owner.jar.set('ljsession', `ws:other:${id}:${auth}`);
  expect((await owner.get('/account')).status).toBe(303);
});
