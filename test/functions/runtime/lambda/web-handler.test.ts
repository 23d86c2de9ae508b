/** The pages on Lambda: the same as on the Node server, behind every front end. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, test, vi } from 'vitest';
import type { Handler } from '../../../../functions/runtime/lambda/lambda-handler.ts';
import type { HttpEvent } from '../../../../functions/runtime/lambda/lambda-request.ts';
import { webHandler } from '../../../../functions/runtime/lambda/web-handler.ts';
import { createPorts } from '../../../../infra/compose.ts';
import { nodePlatform } from '../../../../infra/node-platform.ts';
import { openSecretFile } from '../../../../infra/secrets/secret-file.ts';
import { seedDemo } from '../../../../infra/site/demo-accounts.ts';
import { openDynamodbPorts } from '../../../../infra/stores/dynamodb/dynamodb-ports.ts';
import { openStore } from '../../../../infra/stores/open-by-uri.ts';
import { parseStoreUri } from '../../../../infra/stores/store-uri.ts';
import { freshFolder } from '../../../support/server.ts';

let variables: Record<string, string>;
let handler: Handler;
beforeAll(async () => {
  vi.spyOn(process.stdout, 'write').mockImplementation(() => true);
  const folder = await freshFolder();
  const secret = join(folder, 'root-secret.json');
  variables = { LJGATE_STORE: `sqlite:${join(folder, 'lj.sqlite')}`, LJGATE_SECRET: secret };
  const store = await openStore(parseStoreUri(variables['LJGATE_STORE'] ?? ''));
  await seedDemo(
    store,
    createPorts(nodePlatform, store, await openSecretFile(secret, { create: true }), { remember: 5 }),
  );
  await store.close();
  handler = webHandler(openStore, variables);
});

const frontEnds = ['http-api', 'function-url', 'rest-api', 'alb', 'alb-multi-value'];

/** A browser's request, as a front end hands it on. */
function eventOf(
  frontEnd: string,
  method: 'GET' | 'POST',
  path: string,
  more: { readonly cookie?: string; readonly body?: string } = {},
): HttpEvent {
  const file = new URL(`../../../data/events/${frontEnd}.json`, import.meta.url);
  const event = JSON.parse(readFileSync(file, 'utf8'));
  const headers = { 'content-type': 'application/x-www-form-urlencoded', 'sec-fetch-site': 'same-origin' };
  const { cookie, body } = more;
  const isV2 = event.version === '2.0';
  const all = { ...headers, ...(cookie && !isV2 && { cookie }) };
  if (event.headers) event.headers = { ...event.headers, ...all };
  for (const [name, value] of Object.entries(all)) {
    if (event.multiValueHeaders) event.multiValueHeaders[name] = [value];
  }
  if (isV2) {
    Object.assign(event, { rawPath: path, cookies: cookie ? [cookie] : [] });
    event.requestContext.http = { ...event.requestContext.http, method, path };
  } else {
    Object.assign(event, { path, httpMethod: method });
  }
  return { ...event, body: body ?? '' };
}

/** What a reply sets, by name; v1, v2 and ALB spell it differently. */
function cookiesOf(reply: unknown): string[] {
  const text = JSON.stringify(reply);
  return [...text.matchAll(/(ljform|ljsession)=([^;"]*)([^"]*)/g)].map(([cookie]) => cookie);
}

describe.each(frontEnds)('behind %s', (frontEnd) => {
  test('somebody signs in, and sees the session that the cookie holds', async () => {
    const form = await handler(eventOf(frontEnd, 'GET', '/account/signin'));
    expect(form.statusCode).toBe(200);
    const seed = cookiesOf(form)[0] ?? '';
    expect(seed).toContain('Secure');
    const token = /name="token" value="([^"]*)"/.exec(form.body)?.[1] ?? '';
    const body = new URLSearchParams({ token, username: 'test', password: 'test' }).toString();
    const cookie = seed.split(';')[0] ?? '';
    const done = await handler(eventOf(frontEnd, 'POST', '/account/signin', { cookie, body }));
    expect(done.statusCode).toBe(303);
    const session = cookiesOf(done)[0] ?? '';
    expect(session).toMatch(/^ljsession=ws:test:.*; Secure$/);

    const held = { cookie: session.split(';')[0] ?? '' };
    const page = await handler(eventOf(frontEnd, 'GET', '/account', held));
    expect([page.statusCode, page.body]).toEqual([200, expect.stringContaining('Your sessions')]);
    const check = await handler(eventOf(frontEnd, 'GET', '/session', held));
    expect([check.statusCode, JSON.stringify(check).toLowerCase()]).toEqual([
      200,
      expect.stringMatching(/"x-lj-user":\[?"test"/),
    ]);
  });

  test('assets come as text, with their types', async () => {
    const { body } = await handler(eventOf(frontEnd, 'GET', '/'));
    for (const [, path = ''] of body.matchAll(/"(\/assets\/[^"]+)"/g)) {
      const reply = await handler(eventOf(frontEnd, 'GET', path));
      expect([reply.statusCode, reply.isBase64Encoded]).toEqual([200, false]);
    }
  });
});

test('the pages take no store without its administration', () => {
  // @ts-expect-error: it gives the core's ports alone.
  expect(webHandler(openDynamodbPorts, variables)).toBeTypeOf('function');
});

test('the console is there unless it is turned off, and no account is filled in', async () => {
  const page = await handler(eventOf('http-api', 'GET', '/'));
  expect(page.body).toContain('Protocol console');
  expect(page.body).not.toContain('value="test"');
  const off = await webHandler(openStore, { ...variables, LJGATE_CONSOLE: 'off' })(
    eventOf('http-api', 'GET', '/'),
  );
  expect(off.body).not.toMatch(/console|<script/i);
});

test('while the gateway cannot be opened, pages say so, and no session is let by', async () => {
  const broken = webHandler(openStore, { LJGATE_STORE: 'memory', LJGATE_SECRET: '/nonexistent/secret.json' });
  expect((await broken(eventOf('http-api', 'GET', '/account/signin'))).statusCode).toBe(500);
  const cookie = 'ljsession=ws:test:90000000:abc';
  expect((await broken(eventOf('http-api', 'GET', '/session', { cookie }))).statusCode).toBe(503);
});

test('a wrong setting of the front page is a page that says so; all other pages are as ever', async () => {
  const wrong = webHandler(openStore, { ...variables, LJGATE_CONSOLE: 'maybe' });
  const front = await wrong(eventOf('http-api', 'GET', '/'));
  expect([front.statusCode, front.body]).toEqual([500, expect.stringContaining('not set up correctly')]);
  expect(front.body).not.toContain('LJGATE_CONSOLE');
  expect((await wrong(eventOf('http-api', 'GET', '/account/signin'))).statusCode).toBe(200);
});
