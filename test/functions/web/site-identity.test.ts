/** What a site calls itself, on every page, and where those go who cannot sign in. */
import { describe, expect, test } from 'vitest';
import { refusePublicSuffix } from '../../../infra/site/public-suffix.ts';
import { parseSite } from '../../../infra/site/site-data.ts';
import { openPages } from '../../support/pages-client.ts';
import { openSite } from '../../support/site.ts';

const identity = {
  name: 'Journal & Friends',
  home: 'https://www.example.com/',
  register: 'https://www.example.com/register',
  forgotPassword: 'https://www.example.com/forgot',
  help: 'https://www.example.com/help',
};

// The Worker of these tests knows no site's data.
describe.skipIf(process.env['LJGATE_TEST_RUNTIME'] === 'workerd')(
  'a site with a name and pages of its own',
  () => {
    const open = async (status: 'active' | 'suspended' | 'locked' = 'active') =>
      openPages(await openSite({ status }, {}, {}, identity));

    test('is named on every page, with a link to its front page, and we are not', async () => {
      const owner = await open();
      await owner.signIn();
      for (const path of ['/', '/account', '/account/keys', '/account/password', '/account/nothing']) {
        const { html } = await owner.get(path);
        expect(html).toMatch(/<title>[^<]+ · Journal &amp; Friends<\/title>/);
        expect(html).toContain('href="https://www.example.com/"');
        expect(html).not.toContain('>ljgate<');
      }
    });

    test('has links to register, to a new password and to help beside the form for signing in', async () => {
      const { html } = await (await open()).get('/account/signin');
      for (const href of [identity.register, identity.forgotPassword, identity.help])
        expect(html).toContain(`href="${href}"`);
    });

    test.each(['suspended', 'locked'] as const)('tells who is %s whom to ask', async (status) => {
      const refused = await (await open(status)).signIn();
      expect(refused.status).toBe(403);
      expect(refused.html).toContain(`This account is ${status}, and cannot sign in.`);
      expect(refused.html).toContain(identity.help);
      const plain = await openPages(await openSite({ status })).signIn();
      expect(plain.html).toContain('Ask the site&#39;s staff.');
    });
  },
);

describe.skipIf(process.env['LJGATE_TEST_RUNTIME'] === 'workerd')('a site with a cookie domain', () => {
  const origin = 'https://www.example.com';
  const cookiesOf = ({ headers }: { readonly headers: Headers }) =>
    headers.getSetCookie().filter((cookie) => !/Max-Age=0(;|$)/.test(cookie));
  const open = async (cookieDomain: string) =>
    openPages(await openSite({}, {}, {}, { cookieDomain }), origin);

  test.each(['www.example.com', 'example.com'])(
    '%s: its hosts get the session, and nothing else',
    async (domain) => {
      const [session = '', account = ''] = cookiesOf(await (await open(domain)).signIn());
      expect(session).toMatch(
        new RegExp(`^ljsession=[^;]+; Path=/; Domain=${domain}; HttpOnly; SameSite=Lax; Secure$`),
      );
      expect(account).toMatch(/^__Host-ljaccount=test; Path=\/; HttpOnly/);
    },
  );

  test.each(['example.org', 'ww.example.com', 'xample.com', 'api.www.example.com'])(
    'keeps the session on the host where that is no host of %s',
    async (domain) => {
      for (const cookie of cookiesOf(await (await open(domain)).signIn()))
        expect(cookie).not.toContain('Domain=');
    },
  );

  test('replaces a session that the browser kept for one host alone', async () => {
    const site = await openSite({}, {}, {}, { cookieDomain: 'example.com' });
    const someone = openPages(site, origin);
    await someone.signIn();
    await site.call('flat', 'sessionexpire', { user: 'test', password: 'test', expireall: '1' });
    const again = await someone.signIn();
    const cookies = again.headers.getSetCookie();
    const deleted = cookies.indexOf('ljsession=; Path=/; Max-Age=0; HttpOnly; SameSite=Lax; Secure');
    expect(deleted).toBeGreaterThanOrEqual(0);
    expect(cookies.findIndex((cookie) => cookie.startsWith('ljsession=ws:'))).toBeGreaterThan(deleted);
  });

  test('deletes the session of all hosts at sign-out', async () => {
    const someone = await open('example.com');
    await someone.signIn();
    const out = await someone.send('/account', '/account/signout', {});
    expect(out.headers.getSetCookie().join('\n')).toContain(
      'ljsession=; Path=/; Domain=example.com; Max-Age=0',
    );
  });

  test.each([
    'com',
    'co.uk',
    'github.io',
    'Example.com',
    '.example.com',
    '192.0.2.1',
    'example.com:80',
    'localhost',
  ])('%s is refused', (domain) => {
    const read = () => refusePublicSuffix(parseSite(JSON.stringify({ cookieDomain: domain })));
    expect(read).toThrow(/^cookieDomain: (?:must be a host name|everybody can have a host under)/);
  });
});

test('without a name the pages have ours, and no links', async () => {
  const { html } = await openPages(await openSite()).get('/account/signin');
  expect(html).toContain('<title>Sign in · ljgate</title>');
  expect(html).not.toContain('Register');
});

test.each([
  ['{"name":""}', 'name: must not be empty'],
  ['{"name":"a\\u202eb"}', 'name: must have printable characters only'],
  ['{"home":"javascript:alert(1)"}', 'home: must be an http or https URL, got "javascript:alert(1)"'],
  ['{"help":7}', 'help: must be text, got 7'],
  ['{"colour":"red"}', 'colour: is not a known field'],
])('%s is refused: %s', (json, reason) => {
  expect(() => parseSite(json)).toThrow(reason);
});

test('a page that is not there looks like a page; elsewhere programs get one line', async () => {
  const someone = openPages(await openSite());
  const page = await someone.get('/account/nothing');
  expect([page.status, page.headers.get('Content-Type')]).toEqual([404, 'text/html; charset=UTF-8']);
  expect(page.html).toContain('There is no such page.');
  const other = await someone.get('/nothing');
  expect([other.status, other.html]).toEqual([404, 'Not found\n']);
});
