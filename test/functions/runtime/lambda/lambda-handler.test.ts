/** The Lambda handlers, fed with the events of every front end that can stand before them. */
import { readFileSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { lambdaHandler } from '../../../../functions/runtime/lambda/endpoint-handler.ts';
import type { Handler } from '../../../../functions/runtime/lambda/lambda-handler.ts';
import type { HttpEvent } from '../../../../functions/runtime/lambda/lambda-request.ts';
import { flatEndpoint } from '../../../../functions/wire/flat/flat-endpoint.ts';
import { xmlrpcEndpoint } from '../../../../functions/wire/xmlrpc/xmlrpc-endpoint.ts';
import { createPorts } from '../../../../infra/compose.ts';
import { nodePlatform } from '../../../../infra/node-platform.ts';
import { generateKeyring } from '../../../../infra/secrets/keyring.ts';
import { openSecretFile } from '../../../../infra/secrets/secret-file.ts';
import type { Variables } from '../../../../infra/settings-reader.ts';
import { seedDemo } from '../../../../infra/site/demo-accounts.ts';
import { openStore } from '../../../../infra/stores/open-by-uri.ts';
import { parseStoreUri } from '../../../../infra/stores/store-uri.ts';
import { freshFolder } from '../../../support/server.ts';
import { callDocument, flatReply, type WireReply, xmlrpcReply } from '../../../support/wire.ts';

const frontEnds = ['http-api', 'http-api-stage', 'function-url', 'rest-api', 'alb', 'alb-multi-value'];

/** What to change about a recorded event; headers by lower-case name. */
interface Change {
  readonly body?: string;
  readonly isBase64Encoded?: boolean;
  readonly headers?: Readonly<Record<string, string>>;
  readonly cookies?: readonly string[];
}

function eventOf(frontEnd: string, { headers = {}, ...change }: Change = {}): HttpEvent {
  const file = new URL(`../../../data/events/${frontEnd}.json`, import.meta.url);
  const event = JSON.parse(readFileSync(file, 'utf8'));
  if (event.headers) Object.assign(event.headers, headers);
  for (const [name, value] of Object.entries(headers)) {
    if (event.multiValueHeaders) event.multiValueHeaders[name] = [value];
  }
  return { ...event, ...change };
}

let variables: Record<string, string>;
let flat: Handler;
let xmlrpc: Handler;

beforeAll(async () => {
  const folder = await freshFolder();
  const secret = join(folder, 'root-secret.json');
  variables = { LJGATE_STORE: `sqlite:${join(folder, 'lj.sqlite')}`, LJGATE_SECRET: secret };
  const store = await openStore(parseStoreUri(variables['LJGATE_STORE'] ?? ''));
  await seedDemo(
    store,
    createPorts(nodePlatform, store, await openSecretFile(secret, { create: true }), { remember: 5 }),
  );
  await store.close();
  flat = lambdaHandler(flatEndpoint, openStore, variables);
  xmlrpc = lambdaHandler(xmlrpcEndpoint, openStore, variables);
});

async function callFlat(event: HttpEvent, handler = flat): Promise<WireReply> {
  return flatReply((await handler(event)).body);
}

const login = 'mode=login&user=test&password=test';

describe.each(frontEnds)('an event of %s', (frontEnd) => {
  test('is answered as over HTTP', async () => {
    const reply = await flat(eventOf(frontEnd, { body: login }));
    expect(reply.statusCode).toBe(200);
    expect(reply.isBase64Encoded).toBe(false);
    expect(JSON.stringify(reply)).toContain('"text/plain; charset=utf-8"');
    expect(flatReply(reply.body).value('name')).toBe('Test Account');
  });

  test('may carry its body as base64, with bytes that are no text', async () => {
    const body = Buffer.from(`${login}&clientversion=caf\xe9`, 'latin1').toString('base64');
    expect((await callFlat(eventOf(frontEnd, { body, isBase64Encoded: true }))).ok).toBe(true);
  });

  test('may have no body at all', async () => {
    expect((await callFlat(eventOf(frontEnd))).why).toBe('Client error: No mode specified.');
  });

  test('brings a session in its cookies, also beside another cookie that is not ASCII', async () => {
    const made = await callFlat(eventOf(frontEnd, { body: login.replace('login', 'sessiongenerate') }));
    const cookies = ['other=é', `ljsession=${made.value('ljsession')}`];
    const change = frontEnd.startsWith('http') || frontEnd === 'function-url' ? { cookies } : {};
    const headers = { 'x-lj-auth': 'cookie', ...('cookies' in change ? {} : { cookie: cookies.join('; ') }) };
    const body = 'mode=login&user=test&auth_method=cookie';
    expect((await callFlat(eventOf(frontEnd, { body, headers, ...change }))).why).toBe('');
  });

  test('tells the caller from what the platform vouches for, not from what the client forwards', async () => {
    const logged = vi.spyOn(process.stdout, 'write').mockImplementation(() => true);
    const address = await sessionNetwork(frontEnd);
    logged.mockRestore();
    expect(address).toBe(true);
  });

  test('over the body limit is 413', async () => {
    const reply = await flat(eventOf(frontEnd, { body: 'x'.repeat(300_000) }));
    expect(reply.statusCode).toBe(413);
  });
});

/** A session bound to its caller's address is good behind HTTP API only from that same address. */
async function sessionNetwork(frontEnd: string): Promise<boolean> {
  const made = await callFlat(
    eventOf(frontEnd, { body: `${login.replace('login', 'sessiongenerate')}&ipfixed=1` }),
  );
  const body = 'mode=login&user=test&auth_method=cookie';
  const cookies = [`ljsession=${made.value('ljsession')}`];
  const headers = { 'x-lj-auth': 'cookie', 'x-forwarded-for': '203.0.113.5' };
  return (await callFlat(eventOf('http-api', { body, cookies, headers }))).ok;
}

test('the XML-RPC function answers XML-RPC, system.* too', async () => {
  const event = eventOf('http-api', {
    body: callDocument('LJ.XMLRPC.login', { username: 'test', password: 'test' }),
  });
  const reply = await xmlrpc({ ...event, rawPath: '/interface/xmlrpc' } as HttpEvent);
  expect(xmlrpcReply(reply.body).value('userid')).toBe('3');
  const asked = { ...event, body: callDocument('system.listMethods').replace(/<params>.*<\/params>/, '') };
  const told = await xmlrpc({ ...asked, rawPath: '/interface/xmlrpc' } as HttpEvent);
  expect(told.body).toContain('<string>LJ.XMLRPC.sessiongenerate</string>');
});

test('a function serves only its own endpoint', async () => {
  const event = { ...eventOf('http-api', { body: 'x' }), rawPath: '/interface/xmlrpc' } as HttpEvent;
  expect((await flat(event)).statusCode).toBe(404);
});

test.each([{}, { requestContext: {} }, { version: '2.0', requestContext: { http: {} } }])(
  'an event that no front end sends, %j, is answered and not thrown at',
  async (event) => {
    expect((await flat(JSON.parse(JSON.stringify(event)))).statusCode).toBeGreaterThanOrEqual(200);
  },
);

describe('a function that cannot start', () => {
  beforeEach(() => {
    vi.spyOn(process.stderr, 'write').mockReturnValue(true);
  });
  afterEach(() => {
    vi.restoreAllMocks();
  });

  const internal = 'Server error: Internal server error';

  test.each<[Variables, string]>([
    [{}, 'no variables'],
    [{ LJGATE_STORE: 'redis:x' }, 'a store of no known kind'],
    [{ LJGATE_STORE: 'memory', LJGATE_LOGIN_BAN: 'often' }, 'a ban rule that is none'],
    [{ LJGATE_STORE: 'memory', LJGATE_SECRET: '/nonexistent/secret.json' }, 'a secret that is not there'],
  ])('refuses with 500 in the caller’s protocol: %j, %s', async (broken) => {
    const handler = lambdaHandler(flatEndpoint, openStore, broken);
    expect((await callFlat(eventOf('http-api', { body: login }), handler)).why).toBe(internal);
  });

  test('tries once with each event, however many calls it has', async () => {
    let opened = 0;
    const handler = lambdaHandler(
      xmlrpcEndpoint,
      async () => {
        throw new Error(`not the ${++opened}. time`);
      },
      variables,
    );
    const call =
      '<struct><member><name>methodName</name><value>LJ.XMLRPC.getchallenge</value></member></struct>';
    const calls = `<array><data>${`<value>${call}</value>`.repeat(3)}</data></array>`;
    const body = `<methodCall><methodName>system.multicall</methodName><params><param><value>${calls}</value></param></params></methodCall>`;
    for (const events of [1, 2]) {
      const reply = await handler({ ...eventOf('http-api', { body }), rawPath: '/interface/xmlrpc' });
      expect(reply.body.match(/Internal server error/g)).toHaveLength(3);
      expect(opened).toBe(events);
    }
  });

  test('recovers once the cause is gone', async () => {
    const folder = await freshFolder();
    const secret = join(folder, 'sub', 'root-secret.json');
    const handler = lambdaHandler(flatEndpoint, openStore, { LJGATE_STORE: 'memory', LJGATE_SECRET: secret });
    expect((await callFlat(eventOf('http-api', { body: 'mode=getchallenge' }), handler)).why).toBe(internal);
    await mkdir(join(folder, 'sub'));
    await writeFile(secret, readFileSync(variables['LJGATE_SECRET'] ?? ''), { mode: 0o600 });
    expect((await callFlat(eventOf('http-api', { body: 'mode=getchallenge' }), handler)).ok).toBe(true);
  });
});

test('a running function takes part in a rotation of the root secret', async () => {
  const keyIn = async () =>
    (await callFlat(eventOf('http-api', { body: 'mode=getchallenge' }))).value('challenge')?.split(':')[2];
  const path = variables['LJGATE_SECRET'] ?? '';
  const keyring = JSON.parse(readFileSync(path, 'utf8'));
  expect(await keyIn()).toBe(keyring.current);
  const { secrets } = JSON.parse(generateKeyring().reveal());
  const rotated = { ...keyring, current: secrets[0].id, secrets: [...keyring.secrets, ...secrets] };
  await writeFile(path, JSON.stringify(rotated), { mode: 0o600 });
  await expect.poll(keyIn).toBe(secrets[0].id);
  expect((await callFlat(eventOf('http-api', { body: login }))).ok).toBe(true);
});
