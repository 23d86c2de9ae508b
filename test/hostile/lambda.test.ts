/** The corpus, fed to the Lambda functions by every kind of front end, as base64 and as text. */
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { lambdaHandler } from '../../functions/runtime/lambda/endpoint-handler.ts';
import { flatEndpoint } from '../../functions/wire/flat/flat-endpoint.ts';
import { xmlrpcEndpoint } from '../../functions/wire/xmlrpc/xmlrpc-endpoint.ts';
import { createPorts } from '../../infra/compose.ts';
import { nodePlatform } from '../../infra/node-platform.ts';
import { openSecretFile } from '../../infra/secrets/secret-file.ts';
import { seedDemo } from '../../infra/site/demo-accounts.ts';
import { openStore } from '../../infra/stores/open-by-uri.ts';
import { parseStoreUri } from '../../infra/stores/store-uri.ts';
import { type EventOptions, eventOf } from '../support/events.ts';
import { freshFolder } from '../support/server.ts';
import { tally } from '../support/tally.ts';
import { describeHostile } from './corpus-suite.ts';
import { lambdaTransport, type Routes } from './transports.ts';

let functions: Routes;

/** What the functions wrote where Lambda picks up the log. */
let written: string[] = [];

beforeAll(async () => {
  const folder = await freshFolder();
  const variables = {
    LJGATE_STORE: `sqlite:${folder}/lj.sqlite`,
    LJGATE_SECRET: `${folder}/root-secret.json`,
    LJGATE_LOGIN_BAN: 'off',
  };
  const store = await openStore(parseStoreUri(variables.LJGATE_STORE));
  await seedDemo(
    store,
    createPorts(nodePlatform, store, await openSecretFile(variables.LJGATE_SECRET, { create: true }), {
      remember: 5,
    }),
  );
  await store.close();
  functions = {
    flat: lambdaHandler(flatEndpoint, openStore, variables),
    xmlrpc: lambdaHandler(xmlrpcEndpoint, openStore, variables),
  };
  for (const stream of [process.stdout, process.stderr]) {
    vi.spyOn(stream, 'write').mockImplementation((text) => {
      written.push(String(text));
      return true;
    });
  }
});
afterAll(() => {
  vi.restoreAllMocks();
});

/** Lambda makes an entry of each line, and some that read its log split at more than LF. */
function expectLines(): void {
  for (const text of written) {
    expect(text).toMatch(/^[^\n\r\u0085\u2028\u2029]*\n$/);
    expect(JSON.parse(text)['level']).not.toBe('ERROR');
  }
}

beforeEach(() => {
  written = [];
});
afterEach(expectLines);

describe.each([
  ['http-api', 'base64'],
  ['rest-api', 'text'],
  ['alb', 'text'],
] as const)('%s, bodies as %s', (frontEnd, as) => {
  describeHostile('the functions', () => lambdaTransport(functions, frontEnd, as));
});

const login = {
  verb: 'POST',
  path: '/interface/flat',
  query: '',
  headers: {},
  body: 'mode=login&user=test&password=test',
  isBase64Encoded: false,
};

/** What HTTP could not carry, but JSON can. */
const oddities: readonly (readonly [what: string, change: Partial<EventOptions>, status: number])[] = [
  ['a NUL in a header', { headers: { cookie: 'a=\0', 'x-lj-auth': '\0' } }, 200],
  [
    'line ends in headers',
    { headers: { 'user-agent': 'x\r\nX: y', 'content-type': 'a\nb\r', cookie: 'a\r\n' } },
    200,
  ],
  ['U+2028 in headers', { headers: { 'user-agent': 'x\u2028y', cookie: 'ljsession=\u2028' } }, 200],
  ['half of a pair in a header', { headers: { 'user-agent': '\ud800' } }, 200],
  [
    'headers of a hundred kilobytes',
    { headers: { cookie: 'ljsession=x; '.repeat(8000), 'x-lj-auth': 'cookie' } },
    200,
  ],
  ['a header named __proto__', { headers: JSON.parse('{"__proto__":"x","constructor":"y"}') }, 200],
  ['a header without a name', { headers: { '': 'x' } }, 400],
  ['a header with a name that is none', { headers: { 'a\r\nb': 'x' } }, 400],
  ['a GET with a body', { verb: 'GET' }, 200],
  ['a verb that no endpoint takes', { verb: 'TRACE' }, 405],
  ['a verb that is none', { verb: 'a b' }, 400],
  ['a path that is none', { path: '\0' }, 404],
  ['a path of another host', { path: '//evil.example/interface/flat' }, 404],
  ['a path after a host', { path: '@evil.example/interface/flat' }, 400],
  ['a query of anything', { query: '\r\n%00%zz&__proto__=x' }, 200],
];

describe.each(['http-api', 'rest-api', 'alb', 'alb-multi-value', 'function-url'] as const)(
  '%s',
  (frontEnd) => {
    test.for(oddities)('%s is answered', async ([, change, status], { task }) => {
      const reply = await functions.flat(eventOf(frontEnd, { ...login, ...change }));
      expect(reply.statusCode).toBe(status);
      tally(task, 'hostile inputs', 1);
    });
  },
);
