/** The Lambda authorizer, asked as HTTP APIs and REST APIs ask it. */
import { join } from 'node:path';
import { beforeAll, describe, expect, test, vi } from 'vitest';
import { createGateway, type Gateway } from '../../../../core/protocol/gateway.ts';
import { type Authorizer, authorizer } from '../../../../functions/runtime/lambda/authorizer-handler.ts';
import { createPorts, createSettings } from '../../../../infra/compose.ts';
import { nodePlatform } from '../../../../infra/node-platform.ts';
import { generateKeyring } from '../../../../infra/secrets/keyring.ts';
import { seedDemo } from '../../../../infra/site/demo-accounts.ts';
import { openStore } from '../../../../infra/stores/open-by-uri.ts';
import type { OpenStore } from '../../../../infra/stores/open-store.ts';
import { freshFolder } from '../../../support/server.ts';
import { named } from '../../../support/site.ts';

const home = '192.0.2.1';
let store: OpenStore;
let gateway: Gateway;
let ask: Authorizer;
let lines: string[];

beforeAll(async () => {
  lines = [];
  vi.spyOn(process.stdout, 'write').mockImplementation((line) => lines.push(String(line)) > 0);
  vi.spyOn(console, 'info').mockImplementation((line) => void lines.push(String(line)));
  const path = join(await freshFolder(), 'lj.sqlite');
  store = await openStore({ kind: 'sqlite', path });
  const ports = createPorts(nodePlatform, store, generateKeyring(), { remember: 5 });
  await seedDemo(store, ports);
  gateway = createGateway(ports, createSettings());
  ask = authorizer(openStore, { LJGATE_STORE: `sqlite:${path}` });
});

async function session(args: Readonly<Record<string, string>> = {}): Promise<string> {
  const answer = await gateway.answer({
    method: 'sessiongenerate',
    username: named('test'),
    args: new Map(Object.entries({ password: 'test', ...args })),
    context: { address: home, agent: undefined, cookie: undefined, ljAuth: undefined },
  });
  return answer.ok && answer.value.method === 'sessiongenerate' ? answer.value.value.ljsession : '';
}

const httpApi = (cookie: string, sourceIp = home) => ({
  version: '2.0',
  type: 'REQUEST',
  routeArn: 'arn:aws:execute-api:us-east-1:123456789012:abc123/$default/GET/private',
  identitySource: [cookie],
  routeKey: 'GET /private',
  rawPath: '/private',
  cookies: ['other=1', cookie],
  headers: { host: 'example.com' },
  requestContext: { requestId: 'one', http: { method: 'GET', path: '/private', sourceIp } },
});

const restApi = (cookie: string, sourceIp = home) => ({
  type: 'REQUEST',
  methodArn: 'arn:aws:execute-api:us-east-1:123456789012:abc123/prod/GET/private/page',
  resource: '/private/{page}',
  path: '/private/page',
  httpMethod: 'GET',
  headers: { Host: 'example.com', Cookie: `other=1; ${cookie}` },
  requestContext: { requestId: 'two', stage: 'prod', identity: { sourceIp } },
});

describe('a good session', () => {
  test('is authorized for an HTTP API, with whose it is and until when', async () => {
    const value = await session();
    expect(await ask(httpApi(`ljsession=${value}`))).toEqual({
      isAuthorized: true,
      context: {
        user: 'test',
        userid: '3',
        session: value.split(':')[2],
        expires: expect.stringMatching(/^\d{10}$/),
      },
    });
  });

  test('is found where a REST API puts a cookie that came several times', async () => {
    const value = await session();
    const event = {
      ...restApi('none=1'),
      multiValueHeaders: { Host: ['example.com'], cookie: [`ljsession=${value}`, 'other=1'] },
    };
    expect(await ask(event)).toMatchObject({ principalId: 'test' });
  });

  test('is allowed the whole stage of a REST API: a remembered answer serves every method', async () => {
    expect(await ask(restApi(`ljsession=${await session()}`))).toMatchObject({
      principalId: 'test',
      policyDocument: {
        Version: '2012-10-17',
        Statement: [
          {
            Action: 'execute-api:Invoke',
            Effect: 'Allow',
            Resource: 'arn:aws:execute-api:us-east-1:123456789012:abc123/prod/*',
          },
        ],
      },
      context: { user: 'test', userid: '3' },
    });
  });
});

describe('no session', () => {
  const refused = {
    simple: { isAuthorized: false },
    policy: { principalId: 'nobody', policyDocument: { Statement: [{ Effect: 'Deny' }] } },
  };

  test.each(['other=1', 'ljsession=nonsense', 'ljsession=ws:test:90000000:abc', 'ljsession=ws:nobody:1:abc'])(
    'is in %j',
    async (cookie) => {
      expect(await ask(httpApi(cookie))).toEqual(refused.simple);
      expect(await ask(restApi(cookie))).toMatchObject(refused.policy);
      expect(await ask(restApi(cookie))).not.toHaveProperty('context');
    },
  );

  test('is held by one that was ended, at the next event', async () => {
    const cookie = `ljsession=${await session()}`;
    expect(await ask(httpApi(cookie))).toMatchObject({ isAuthorized: true });
    await store.accounts.endSessions(named('test'));
    expect(await ask(httpApi(cookie))).toEqual(refused.simple);
    expect(await ask(restApi(cookie))).toMatchObject(refused.policy);
  });

  test('is held elsewhere by one that is bound to an address', async () => {
    const cookie = `ljsession=${await session({ ipfixed: '1' })}`;
    expect(await ask(httpApi(cookie))).toMatchObject({ isAuthorized: true });
    for (const event of [httpApi, restApi]) {
      expect(JSON.stringify(await ask(event(cookie, '198.51.100.9')))).not.toMatch(/true|Allow/);
    }
  });

  test('and an address that a client forwards is not believed', async () => {
    const cookie = `ljsession=${await session({ ipfixed: '1' })}`;
    const event = httpApi(cookie, '198.51.100.9');
    const forged = {
      'x-forwarded-for': home,
      'cloudfront-viewer-address': `${home}:1`,
      'x-origin-proof': 'x',
    };
    expect(await ask({ ...event, headers: forged })).toEqual(refused.simple);
  });
});

test.each([{}, { type: 'TOKEN', authorizationToken: 'x', methodArn: 'a/b' }, 'text', null])(
  'an event of another kind, %j, is an error: nobody is let by',
  async (event) => {
    await expect(ask(event)).rejects.toThrow('type REQUEST');
  },
);

test('a store that cannot be opened is an error, and is tried again', async () => {
  const broken = authorizer(openStore, { LJGATE_STORE: 'redis:x' });
  for (let attempt = 0; attempt < 2; attempt++) await expect(broken(httpApi('a=b'))).rejects.toThrow('redis');
});

test('is logged by account and outcome, never with the cookie', async () => {
  const value = await session();
  await ask(httpApi(`ljsession=${value}`));
  const line = lines.find((text) => text.includes('"authorize"') && text.includes('"account"')) ?? '';
  expect(line).toContain('"account":"test"');
  expect(lines.join()).not.toContain(value.split(':')[3]);
});
