/** `npm run screenshots`: a picture of every page, as the README shows them, in `test/functions/web/screenshots/`. */
import { fileURLToPath } from 'node:url';
import type { BrowserContextOptions, Page } from 'playwright-core';
import { startBrowser } from '../../support/browser.ts';
import { startLjgate } from '../../support/server.ts';

const folder = fileURLToPath(new URL('screenshots/', import.meta.url));
const ljgate = await startLjgate('--demo', '--store', 'memory');
const browser = await startBrowser();

async function open(options: BrowserContextOptions): Promise<Page> {
  const context = await browser.newContext({ baseURL: ljgate.url.href, ...options });
  return context.newPage();
}

async function signIn(page: Page): Promise<void> {
  await page.goto('/account/signin');
  await page.getByLabel('Username').fill('test');
  await page.getByLabel('Password').fill('test');
  await page.getByRole('button', { name: 'Sign in' }).click();
  await page.waitForURL('**/account');
}

/** A session by a program, so that there is one to see. */
async function program(agent: string, more: Readonly<Record<string, string>> = {}): Promise<void> {
  const fields = { mode: 'sessiongenerate', user: 'test', password: 'test', ...more };
  const body = new URLSearchParams(fields);
  await fetch(new URL('/interface/flat', ljgate.url), {
    method: 'POST',
    body,
    headers: { 'User-Agent': agent },
  });
}

const picture = (page: Page, name: string) =>
  page.screenshot({ path: `${folder}${name}.png`, fullPage: true, animations: 'disabled' });

try {
  await program('Win32-MFC/1.5.5');
  await program('Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) Version/17.5 Safari/604.1', {
    expiration: 'long',
    ipfixed: '1',
  });
  const desktop = { viewport: { width: 1000, height: 700 } };
  const phone = { viewport: { width: 390, height: 780 } };

  const page = await open(desktop);
  await page.goto('/');
  await page.getByRole('button', { name: 'Send' }).click();
  await page.getByText('Answered: login.').waitFor();
  await picture(page, 'console');
  await page.goto('/account/signin');
  await picture(page, 'sign-in');
  await signIn(page);
  await picture(page, 'sessions');
  await page.goto('/account/keys');
  await page.getByLabel('Name').fill('desktop client');
  await page.getByLabel('Your password').fill('test');
  await page.getByRole('button', { name: 'Make a key' }).click();
  await picture(page, 'client-keys');
  await page.goto('/account/password');
  await picture(page, 'password');

  const night = await open({ ...phone, colorScheme: 'dark' });
  await signIn(night);
  await picture(night, 'sessions-phone-dark');
} finally {
  await browser.close();
  await ljgate.stop();
}
