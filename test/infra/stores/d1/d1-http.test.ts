/** D1 through Cloudflare's HTTP interface, which a Worker over a D1 database speaks here. */
import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, describe, expect, test } from 'vitest';
import { StoreFailed, StoreUnavailable } from '../../../../core/failures.ts';
import { explainError } from '../../../../infra/operations/explain-error.ts';
import { openD1ByHttp } from '../../../../infra/stores/d1/d1-http.ts';
import { describeStore } from '../conformance.ts';
import { failures, operations } from '../operations.ts';
import { databaseName, startCloudflareApi } from './d1-database.ts';

let started: ReturnType<typeof startCloudflareApi> | undefined;
function api() {
  started ??= startCloudflareApi();
  return started;
}

describeStore('D1 by HTTP', async () => openD1ByHttp(databaseName, (await api()).variables), {
  sweeps: true,
  reorders: true,
});

test('a database may be named by its id', async () => {
  const { variables, id } = await api();
  const store = openD1ByHttp(id, variables);
  await store.prepare();
  expect(await store.inspect()).toMatchObject([{ well: true }, { well: true }]);
});

test('a name that other databases begin with is the one that it is in full', async () => {
  const { variables } = await api();
  const error = await operations['records.read'](openD1ByHttp('ljg', variables)).catch(
    (error: unknown) => error,
  );
  expect(error).toBeInstanceOf(StoreFailed);
  expect(explainError(error, 'd1:ljg')).toMatch(/no database ljg; make it: wrangler d1 create ljg/);
});

test('without tables, an operation says which command makes them', async () => {
  const { variables } = await startCloudflareApi();
  const { errors } = await failures(openD1ByHttp(databaseName, variables));
  for (const [name, error] of errors) {
    expect([name, error]).toEqual([name, expect.any(StoreFailed)]);
    expect(explainError(error, 'd1:ljgate')).toMatch(
      /tables of d1:ljgate are missing; run: npx ljgate tables create/,
    );
  }
});

test('a token that Cloudflare refuses is named, with the permission that it needs', async () => {
  const { variables } = await api();
  const store = openD1ByHttp(databaseName, { ...variables, CLOUDFLARE_API_TOKEN: 'stale' });
  const error = await operations['accounts.add'](store).catch((error: unknown) => error);
  expect(error).toBeInstanceOf(StoreFailed);
  expect(explainError(error, 'd1:ljgate')).toBe(
    'd1:ljgate refuses these credentials: Authentication error; ' +
      'CLOUDFLARE_API_TOKEN needs the permission "Account, D1, Edit" for CLOUDFLARE_ACCOUNT_ID',
  );
});

test.each([
  ['CLOUDFLARE_API_TOKEN', /CLOUDFLARE_API_TOKEN: make one .* at https:\/\/dash\.cloudflare\.com/],
  ['CLOUDFLARE_ACCOUNT_ID', /CLOUDFLARE_ACCOUNT_ID: "wrangler whoami" prints it/],
])('opening without %s says where to get it', async (name, message) => {
  const { variables } = await api();
  expect(() => openD1ByHttp(databaseName, { ...variables, [name]: '' })).toThrow(message);
});

describe('what is not an answer of D1 is StoreUnavailable', () => {
  /** A place that answers every request in one way. */
  async function answering(listener: RequestListener, deadline?: number) {
    const server = createServer(listener).listen(0, '127.0.0.1');
    afterAll(() => server.close().closeAllConnections());
    await new Promise((resolve) => server.once('listening', resolve));
    const CLOUDFLARE_API_BASE_URL = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const { variables, id } = await api();
    return openD1ByHttp(id, { ...variables, CLOUDFLARE_API_BASE_URL }, deadline);
  }

  const json = (status: number, body: unknown): RequestListener => {
    return (_, response) => response.writeHead(status).end(JSON.stringify(body));
  };
  const error = (message: string) => ({ success: false, errors: [{ code: 7500, message }], result: [] });

  test.each<[string, RequestListener, RegExp]>([
    ['a page of HTML', (_, response) => response.writeHead(502).end('<html>'), /not valid JSON/],
    ['a connection that ends', (request) => request.socket.destroy(), /D1: /],
    ['a redirect', (_, response) => response.writeHead(302, { Location: '/' }).end(), /redirect/],
    ['an error of the service', json(500, error('Internal error in D1 storage')), /Internal error in D1/],
    ['a success that was none', json(200, error('D1 DB is overloaded')), /overloaded/],
    [
      'the rate limit',
      (_, response) => response.writeHead(429, { 'Retry-After': '17' }).end('{}'),
      /no more requests for the next 17 seconds/,
    ],
  ])('%s', async (_, listener, message) => {
    const failed = await operations['records.read'](await answering(listener)).catch(
      (error: unknown) => error,
    );
    expect(failed).toBeInstanceOf(StoreUnavailable);
    expect((failed as Error).message).toMatch(message);
  });

  test('nobody listening', async () => {
    const { variables } = await api();
    const store = openD1ByHttp(databaseName, { ...variables, CLOUDFLARE_API_BASE_URL: 'http://127.0.0.1:1' });
    const { errors } = await failures(store);
    for (const [name, error] of errors) expect([name, error]).toEqual([name, expect.any(StoreUnavailable)]);
  });

  test.each<[string, RequestListener]>([
    ['no answer in time', () => {}],
    ['half an answer in time', (_, response) => response.writeHead(200).write('{"success":')],
  ])('%s', async (_, listener) => {
    const { errors } = await failures(await answering(listener, 50));
    for (const [name, error] of errors) expect([name, error]).toEqual([name, expect.any(StoreUnavailable)]);
  });

  test('the token goes to nobody whom a redirect names', async () => {
    let asked = 0;
    const store = await answering((_, response) => {
      asked++;
      response.writeHead(307, { Location: '/elsewhere' }).end();
    });
    await expect(operations['records.read'](store)).rejects.toThrow(StoreUnavailable);
    expect(asked).toBe(1);
  });
});
