/** Bad requests to the interface for sites: each gets a problem that says what is wrong, and changes nothing. */
import { describe, expect, test } from 'vitest';
import { operations } from '../../functions/api/operations.ts';
import { openApiSite } from '../support/api-site.ts';
import { tally } from '../support/tally.ts';

const bytes = (...values: number[]) => new Uint8Array(values);
const deep = `${'{"a":'.repeat(20_000)}1${'}'.repeat(20_000)}`;

/** Bodies that are no input of any operation. */
const bodies: readonly (readonly [why: string, body: string | Uint8Array<ArrayBuffer>])[] = [
  ['nothing', ''],
  ['no JSON', '{'],
  ['a form', 'username=test&password=test'],
  ['XML', '<?xml version="1.0"?><methodCall/>'],
  ['null', 'null'],
  ['a number', '1'],
  ['a list', '[{"username":"x"}]'],
  ['text', '"test"'],
  ['not UTF-8', bytes(0x7b, 0x22, 0xff, 0x22, 0x3a, 0x31, 0x7d)],
  ['UTF-16', bytes(0xff, 0xfe, 0x7b, 0, 0x7d, 0)],
  ['a NUL', bytes(0)],
  ['deep nesting', deep],
  ['a member for the prototype', '{"__proto__":{"scopes":["accounts:write"]},"constructor":1}'],
  ['unknown members', '{"colour":"red","size":7}'],
  ['wrong types', '{"username":[],"status":{},"on":"yes","secret":7,"name":null,"ids":"all","address":1}'],
  ['long text', JSON.stringify({ username: 'x'.repeat(100_000), name: 'y'.repeat(100_000) })],
  ['control characters', '{"username":"a\\u0000b","name":"\\u202e","status":"\\n"}'],
];

/** Paths with a name or a key that cannot be one. */
const names = [
  '%00',
  'te%0Ast',
  '%ff',
  'a%20b',
  "a'--",
  '%3Cscript%3E',
  'x'.repeat(5000),
  '%F0%9F%90%90',
  'a%2Fb',
];

const open = async () => {
  const api = await openApiSite();
  const headers = { Authorization: `Bearer ${api.token}`, 'Content-Type': 'application/json' };
  const expectProblem = async (reply: Response) => {
    expect([400, 403, 404, 405, 413, 415]).toContain(reply.status);
    expect(reply.headers.get('Content-Type')).toBe('application/problem+json');
    const problem: unknown = await reply.json();
    expect(problem).toMatchObject({ status: reply.status, title: expect.any(String) });
    expect(JSON.stringify(problem).length).toBeLessThan(5000);
  };
  const expectUntouched = async () => {
    expect((await api.ask('GET /accounts/test')).body.version).toMatch(/^\d+-0$/);
    expect((await api.ask('GET /accounts')).body.accounts).toHaveLength(1);
  };
  return { ...api, headers, expectProblem, expectUntouched };
};

const reads = (method: string) => method === 'GET' || method === 'DELETE';
const all = Object.entries(operations);

describe.each(all.filter(([, { method }]) => !reads(method)))(
  '%s refuses, as a body,',
  (_, { method, path }) => {
    const target = `/api/v1${path.replace('{username}', 'test').replace('{key}', 'k')}`;

    test.for(bodies)('%s', async ([, body], { task }) => {
      const api = await open();
      await api.expectProblem(await api.fetch(target, { method, headers: api.headers, body }));
      await api.expectUntouched();
      tally(task, 'hostile inputs', 1);
    });
  },
);

test.for(all.filter(([, { path }]) => path.includes('{')))(
  '%s refuses names that are none',
  async ([, { method, path }], { task }) => {
    const api = await open();
    for (const name of names) {
      const strange = `/api/v1${path.replace(/\{\w+\}/g, name)}`;
      const body = reads(method) ? {} : { body: '{}' };
      await api.expectProblem(await api.fetch(strange, { method, headers: api.headers, ...body }));
      tally(task, 'hostile inputs', 1);
    }
    await api.expectUntouched();
  },
);

test.for(['text/plain', 'application/x-www-form-urlencoded', 'text/json', 'application/jsonp', ''])(
  'a body of type %j is not read',
  async (type, { task }) => {
    const api = await open();
    const headers = { ...api.headers, 'Content-Type': type };
    const reply = await api.fetch('/api/v1/accounts', { method: 'POST', headers, body: '{"username":"x"}' });
    expect(reply.status).toBe(415);
    await api.expectProblem(reply);
    tally(task, 'hostile inputs', 1);
  },
);

test('a body over 256 KiB is refused with 413', async ({ task }) => {
  const api = await open();
  const body = JSON.stringify({ username: 'x', message: 'y'.repeat(300_000) });
  const reply = await api.fetch('/api/v1/accounts', { method: 'POST', headers: api.headers, body });
  expect(reply.status).toBe(413);
  await api.expectUntouched();
  tally(task, 'hostile inputs', 1);
});

test.for(['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS', 'PROPFIND', 'X'])(
  '%s is answered only where it is an operation, else with 405 and Allow',
  async (method, { task }) => {
    const api = await open();
    for (const { path } of Object.values(operations)) {
      const target = `/api/v1${path.replace('{username}', 'nobody').replace('{key}', 'k')}`;
      const own = Object.values(operations)
        .filter((one) => one.path === path)
        .map((one) => one.method);
      const reply = await api.fetch(target, { method, headers: api.headers });
      const isOwn = own.includes((method === 'HEAD' ? 'GET' : method) as (typeof own)[number]);
      if (isOwn) expect(reply.status).not.toBe(405);
      else expect([reply.status, reply.headers.get('Allow')]).toEqual([405, own.join(', ')]);
      tally(task, 'hostile inputs', 1);
    }
  },
);

test.for([
  '?limit=-1',
  '?limit=1e9',
  '?limit=1001',
  '?limit=1&limit=2',
  '?status=dead',
  '?x=1',
  `?match=${'a'.repeat(99)}`,
  '?after=',
])('the query %s of a list is refused', async (query, { task }) => {
  const api = await open();
  const reply = await api.fetch(`/api/v1/accounts${query}`, { method: 'GET', headers: api.headers });
  expect(reply.status).toBe(400);
  await api.expectProblem(reply);
  tally(task, 'hostile inputs', 1);
});

test.for([
  'Basic dGVzdDp0ZXN0',
  'Bearer',
  'Bearer ',
  'Bearer x',
  `Bearer ljgate_${'a'.repeat(8)}_${'b'.repeat(31)}`,
  `Bearer ljgate_${'a'.repeat(8)}_${'b'.repeat(32)} extra`,
  `Bearer ljgate_${'A'.repeat(8)}_${'B'.repeat(32)}`,
  `Token ljgate_${'a'.repeat(8)}_${'b'.repeat(32)}`,
  'x'.repeat(8000),
])('the authorization %s lets nobody in', async (Authorization, { task }) => {
  const { fetch } = await open();
  const reply = await fetch('/api/v1/accounts/test', { method: 'DELETE', headers: { Authorization } });
  expect(reply.status).toBe(401);
  tally(task, 'hostile inputs', 1);
});

test.for([
  '/api/v1/',
  '/api/v2/accounts',
  '/api/v1/accounts/',
  '/api/v1//accounts',
  '/API/V1/accounts',
  '/api/v1/admin',
  '/api/v1/accounts/test/../../x',
])('the path %s leads to what it names, or nowhere', async (path, { task }) => {
  const { fetch, headers } = await open();
  expect([200, 404]).toContain((await fetch(path, { method: 'GET', headers })).status);
  tally(task, 'hostile inputs', 1);
});
