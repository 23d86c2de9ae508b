/** The pages in a real browser, before a real server: what account holders and client authors do. */
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import AxeBuilder from '@axe-core/playwright';
import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import { afterAll, beforeAll, beforeEach, describe, expect, onTestFinished, test } from 'vitest';
import { startBrowser } from '../../support/browser.ts';
import {
  freePort,
  listening,
  proxyConfig,
  startNginx,
  startUpstream,
  withPorts,
} from '../../support/proxies.ts';
import { requireProgram } from '../../support/requirements.ts';
import { type Ljgate, startLjgate } from '../../support/server.ts';
import { callDocument, flatReply, respond, type WireReply, xmlrpcReply } from '../../support/wire.ts';

const there = requireProgram('chromium');

describe.skipIf(!there)('in Chromium', () => {
  let browser: Browser;
  let ljgate: Ljgate;
  let opened: Page[] = [];
  let complaints: string[] = [];

  beforeAll(async () => {
    browser = await startBrowser();
  });
  afterAll(() => browser.close());
  beforeEach(async () => {
    ljgate = await startLjgate('--demo', '--store', 'memory', '--api', 'same');
    return async () => {
      await Promise.all(opened.map((page) => page.context().close()));
      opened = [];
      await ljgate.stop();
      const found = complaints.filter((text) => !/status of (403|422)/.test(text));
      complaints = [];
      expect(found).toEqual([]);
    };
  });

  /** A page that fails the test on any script error, refused resource or request to another host. */
  async function open(options: BrowserContextOptions = {}): Promise<Page> {
    const context = await browser.newContext({ baseURL: ljgate.url.href, ...options });
    const page = await context.newPage();
    opened.push(page);
    page.on('pageerror', (error) => complaints.push(String(error)));
    page.on('console', (message) => message.type() === 'error' && complaints.push(message.text()));
    page.on('dialog', (dialog) => complaints.push(`dialog: ${dialog.message()}`));
    page.on('request', (request) => {
      if (new URL(request.url()).origin !== ljgate.url.origin) complaints.push(`asked ${request.url()}`);
    });
    return page;
  }

  async function signIn(page: Page, username = 'test', password = 'test'): Promise<void> {
    await page.goto('/account/signin');
    await page.getByLabel('Username').fill(username);
    await page.getByLabel('Password').fill(password);
    await page.getByRole('button', { name: 'Sign in' }).click();
  }

  const headersOf = (session: string | undefined, agent: string) => ({
    'User-Agent': agent,
    ...(session !== undefined && { 'X-LJ-Auth': 'cookie', Cookie: `ljsession=${session}` }),
  });
  async function flat(
    fields: Record<string, string>,
    agent = 'Flat/1',
    session?: string,
  ): Promise<WireReply> {
    const init = { method: 'POST', body: new URLSearchParams(fields), headers: headersOf(session, agent) };
    return flatReply(await (await fetch(new URL('/interface/flat', ljgate.url), init)).text());
  }
  async function xmlrpc(
    method: string,
    fields: Record<string, string>,
    agent = 'Xml/1',
    session?: string,
  ): Promise<WireReply> {
    const body = callDocument(`LJ.XMLRPC.${method}`, fields);
    const init = { method: 'POST', body, headers: headersOf(session, agent) };
    return xmlrpcReply(await (await fetch(new URL('/interface/xmlrpc', ljgate.url), init)).text());
  }
  const isAliveOn = {
    flat: async (session: string) =>
      (await flat({ mode: 'login', user: 'test', auth_method: 'cookie' }, 'x', session)).ok,
    xmlrpc: async (session: string) =>
      (await xmlrpc('login', { username: 'test', auth_method: 'cookie' }, 'x', session)).ok,
  };
  const sessionBy = {
    flat: async (agent: string) =>
      (await flat({ mode: 'sessiongenerate', user: 'test', password: 'test' }, agent)).value('ljsession') ??
      '',
    xmlrpc: async (agent: string) =>
      (await xmlrpc('sessiongenerate', { username: 'test', password: 'test' }, agent)).value('ljsession') ??
      '',
  };

  describe.each([
    ['with scripts', {}],
    ['with JavaScript off', { javaScriptEnabled: false }],
    ['on a phone in the dark', { viewport: { width: 360, height: 740 }, colorScheme: 'dark' as const }],
  ])('%s', (_, options) => {
    test('an account holder sees and ends sessions of both wires', async () => {
      const ended = await sessionBy.flat('Semagic/1.7');
      const other = await sessionBy.xmlrpc('Drivel/3.0');
      const page = await open(options);
      await signIn(page);
      await expect.poll(() => page.getByRole('heading', { level: 1 }).innerText()).toBe('Your sessions');
      expect(await page.getByRole('listitem').filter({ hasText: 'Drivel/3.0' }).count()).toBe(1);

      const row = page.getByRole('listitem').filter({ hasText: 'Semagic/1.7' });
      await row.getByRole('button').click();
      await page.getByText('The session was ended.').waitFor();
      expect(await row.count()).toBe(0);
      expect([await isAliveOn.flat(ended), await isAliveOn.xmlrpc(ended)]).toEqual([false, false]);
      expect([await isAliveOn.flat(other), await isAliveOn.xmlrpc(other)]).toEqual([true, true]);

      await page.getByRole('button', { name: 'End all other sessions' }).click();
      await page.getByText('All your other sessions were ended.').waitFor();
      expect([await isAliveOn.flat(other), await isAliveOn.xmlrpc(other)]).toEqual([false, false]);

      await page.getByRole('button', { name: 'End all sessions, including this one' }).click();
      await page.getByRole('heading', { name: 'Sign in' }).waitFor();
      await page.goto('/account');
      expect(page.url()).toContain('/account/signin');
    });

    test('an account holder makes a client key, which logs in by challenge, and revokes it', async () => {
      const page = await open(options);
      await signIn(page);
      await page.getByRole('link', { name: 'Client keys' }).click();
      await page.getByLabel('Name').fill('laptop');
      await page.getByLabel('Your password').fill('test');
      await page.getByRole('button', { name: 'Make a key' }).click();
      const secret = await page.locator('#secret').innerText();

      const login = async () => {
        const challenge = (await flat({ mode: 'getchallenge' })).value('challenge') ?? '';
        const fields = { username: 'test', auth_method: 'challenge', auth_challenge: challenge };
        return xmlrpc('login', { ...fields, auth_response: respond(challenge, secret) });
      };
      expect((await login()).why).toBe('');
      await page.goto('/account/keys');
      expect(await page.getByText(secret).count()).toBe(0);
      await page.getByRole('button', { name: 'Revoke laptop' }).click();
      await page.getByText('The key is revoked.').waitFor();
      expect((await login()).why).toMatch(/^101 /);
    });

    test('an account holder changes the password and signs out', async () => {
      const other = await sessionBy.flat('Elsewhere/1');
      const page = await open(options);
      await signIn(page);
      await page.getByRole('link', { name: 'Password' }).click();
      await page.getByLabel('Current password').fill('test');
      await page.getByLabel('New password', { exact: true }).fill('correct horse');
      await page.getByLabel('New password again').fill('correct horse');
      await page.getByRole('button', { name: 'Change password' }).click();
      await page.getByText('Your password was changed').waitFor();
      expect(await isAliveOn.flat(other)).toBe(false);
      expect((await flat({ mode: 'login', user: 'test', password: 'correct horse' })).ok).toBe(true);

      await page.getByRole('button', { name: 'Sign out' }).click();
      await signIn(page);
      await page.getByRole('alert').waitFor();
      await signIn(page, 'test', 'correct horse');
      await page.getByRole('heading', { name: 'Your sessions' }).waitFor();
    });
  });

  test.each([1280, 768, 360])(
    'at %i pixels nothing on any page keeps people out (axe), by day and by night, and nothing is wider than the window',
    async (width) => {
      const page = await open({ viewport: { width, height: 800 }, colorScheme: 'light' });
      await sessionBy.flat('Mozilla/5.0 (X11; Linux x86_64; rv:130.0) Gecko/20100101 Firefox/130.0');
      const check = async () => {
        const byDay = await new AxeBuilder({ page }).analyze();
        await page.emulateMedia({ colorScheme: 'dark' });
        const byNight = await new AxeBuilder({ page }).withRules(['color-contrast']).analyze();
        await page.emulateMedia({ colorScheme: 'light' });
        const found = [...byDay.violations, ...byNight.violations];
        expect(found.map(({ id, nodes }) => [id, nodes.map(({ html }) => html)])).toEqual([]);
        const [wide, window] = await page.evaluate(() => [document.body.scrollWidth, innerWidth]);
        expect(wide).toBeLessThanOrEqual(window ?? 0);
      };
      await page.goto('/');
      await page.getByRole('button', { name: 'Send' }).click();
      await page.getByText('Answered: login.').waitFor();
      await check();
      await page.goto('/account/signin');
      await check();
      await signIn(page, 'test', 'wrong');
      await page.getByRole('alert').waitFor();
      await check();
      await signIn(page);
      for (const path of ['/account?done=one', '/account/password', '/api/v1']) {
        await page.goto(path);
        await check();
      }
      await page.goto('/account/keys');
      await page.getByLabel('Name').fill('a client key with a name as long as somebody may give it one');
      await page.getByLabel('Your password').fill('test');
      await page.getByRole('button', { name: 'Make a key' }).click();
      await page.locator('#secret').waitFor();
      await check();
      await page.getByRole('button', { name: 'Sign out' }).click();
      await page.getByText('You are signed out.').waitFor();
      await check();
    },
    60_000,
  );

  describe('the console', () => {
    test.each(['flat', 'xmlrpc'])('makes every call on %s, and shows it raw', async (wire) => {
      const page = await open();
      await page.goto('/');
      await page.getByLabel('Wire').selectOption(wire);
      for (const method of ['login', 'sessiongenerate', 'sessionexpire', 'getchallenge']) {
        await page.getByLabel('Method', { exact: true }).selectOption(method);
        if (method === 'sessionexpire') await page.getByLabel('expire: numbers').fill('1, 2');
        await page.getByRole('button', { name: 'Send' }).click();
        await page.getByText(`Answered: ${method}.`).waitFor();
        expect(await page.locator('.request').last().innerText()).toContain(
          `POST /interface/${wire} HTTP/1.1`,
        );
        const reply = await page.locator('.reply').last().innerText();
        expect(reply).toMatch(/^HTTP\/1\.1 200 OK\n/);
        expect(reply).not.toMatch(/FAIL|<fault>/);
        expect(await page.locator('.request').count()).toBe(method === 'getchallenge' ? 1 : 2);
      }
    });

    test.each(['flat', 'xmlrpc'])('uses this browser’s session where it is told to, on %s', async (wire) => {
      const page = await open();
      await signIn(page);
      await page.goto('/');
      await page.getByLabel('Wire').selectOption(wire);
      await page.getByLabel('Authentication').selectOption('cookie');
      await page.getByRole('button', { name: 'Send' }).click();
      await page.getByText('Answered: login.').waitFor();
      expect(await page.locator('.reply').innerText()).toContain('Test Account');
      expect(await page.locator('.request').innerText()).not.toContain('ws:test');
    });

    test.each(['flat', 'xmlrpc'])(
      'says why a call is refused, and forgets it with the next change: %s',
      async (wire) => {
        const page = await open();
        await page.goto('/');
        await page.getByLabel('Wire').selectOption(wire);
        await page.getByLabel('Password or client key').fill('wrong');
        await page.getByRole('button', { name: 'Send' }).click();
        await page.getByText('Refused: login. Invalid password.').waitFor();
        await page.getByLabel('Authentication').selectOption('cookie');
        expect(await page.locator('#status').innerText()).toBe('');
        expect(await page.locator('.reply').count()).toBe(0);
        await page.getByRole('button', { name: 'Send' }).click();
        await page.getByText('Is this browser signed in as test?').waitFor();
      },
    );

    test('does not leave the password of a demo account with another name', async () => {
      const page = await open();
      await page.goto('/');
      await page.getByLabel('Username').fill('somebody');
      expect(await page.getByLabel('Password or client key').inputValue()).toBe('');
      await page.getByLabel('Password or client key').fill('my own');
      await page.getByLabel('Username').fill('somebody_else');
      expect(await page.getByLabel('Password or client key').inputValue()).toBe('my own');
    });

    test('knows the demo accounts, and copies the call', async () => {
      const page = await open({ permissions: ['clipboard-read', 'clipboard-write'] });
      await page.goto('/');
      expect(await page.getByLabel('Username').inputValue()).toBe('test');
      await page.getByLabel('Username').fill('demo_unicode');
      expect(await page.getByLabel('Password or client key').inputValue()).toBe('demo');
      await page.getByRole('button', { name: 'Copy as Python' }).click();
      await page.getByText('Copied.').waitFor();
      const copied = await page.evaluate(() => navigator.clipboard.readText());
      expect(copied).toContain('"user": "demo_unicode"');
    });

    test('is not there with JavaScript off, and the rest of the page is', async () => {
      const page = await open({ javaScriptEnabled: false });
      await page.goto('/');
      expect(await page.getByText('Protocol console').isVisible()).toBe(false);
      expect(await page.getByText('/cgi-bin/log.cgi').isVisible()).toBe(true);
    });
  });

  test('what clients call themselves runs nothing, whatever it is', async () => {
    const evil = `"'><script>alert(1)</script><img src=x onerror=alert(1)>`;
    await sessionBy.flat(`Client ${evil}`);
    const page = await open();
    await signIn(page);
    await page.goto('/account/keys');
    await page.getByLabel('Name').fill(evil);
    await page.getByLabel('Your password').fill('test');
    await page.getByRole('button', { name: 'Make a key' }).click();
    expect(await page.getByText(evil).count()).toBeGreaterThan(0);
    await page.goto('/account');
    expect(await page.getByText(`Client ${evil}`).count()).toBe(1);
    expect(await page.locator('main img, main script').count()).toBe(0);
  });

  test('a form on another site’s page changes nothing, though it has the token', async () => {
    const page = await open();
    await signIn(page);
    const token = await page.locator('input[name=token]').first().getAttribute('value');
    const elsewhere = createServer((_, reply) => {
      reply.setHeader('Content-Type', 'text/html');
      reply.end(`<form method="post" action="${ljgate.url.origin}/account/sessions/end">
        <input name="token" value="${token}"><input name="which" value="all"><button>Win</button></form>`);
    });
    elsewhere.listen(0, '127.0.0.1');
    await once(elsewhere, 'listening');
    onTestFinished(() => {
      elsewhere.closeAllConnections();
      elsewhere.close();
    });
    const evil = await page.context().newPage();
    await evil.goto(`http://localhost:${(elsewhere.address() as AddressInfo).port}/`);
    await evil.getByRole('button', { name: 'Win' }).click();
    await evil.getByRole('heading', { name: 'Your sessions' }).waitFor();
    await page.goto('/account');
    expect(await page.getByRole('heading', { level: 1 }).innerText()).toBe('Your sessions');
  });

  test.skipIf(!requireProgram('nginx'))(
    'behind nginx, a visitor signs in where the 401 is and comes back',
    async () => {
      const behind = await startLjgate('--demo', '--store', 'memory', '--trust-proxy', '127.0.0.1');
      const upstream = await startUpstream();
      const port = await freePort();
      const site = (upstream.address() as AddressInfo).port;
      const config = withPorts(proxyConfig('nginx.conf'), { listen: port, ljgate: behind.url.port, site });
      const nginx = await startNginx(config);
      onTestFinished(async () => {
        nginx.kill('SIGTERM');
        upstream.closeAllConnections();
        upstream.close();
        await behind.stop();
      });
      await listening(port);
      const context = await browser.newContext();
      const page = await context.newPage();
      const reply = await page.goto(`http://127.0.0.1:${port}/private?page=2`);
      expect(reply?.status()).toBe(401);
      await page.getByLabel('Username').fill('test');
      await page.getByLabel('Password').fill('test');
      await page.getByRole('button', { name: 'Sign in' }).click();
      await page.waitForURL('**/private?page=2');
      expect(JSON.parse(await page.locator('body').innerText())).toMatchObject({ 'x-lj-user': 'test' });
      await context.close();
    },
  );
});
