import { describe, expect, onTestFinished, test, vi } from 'vitest';
import { openStore } from '../../../infra/stores/open-by-uri.ts';
import { parseStoreUri } from '../../../infra/stores/store-uri.ts';

describe('a store is named', () => {
  test.each([
    ['memory', { kind: 'memory' }],
    ['sqlite::memory:', { kind: 'memory' }],
    ['sqlite:data/ljgate.sqlite', { kind: 'sqlite', path: 'data/ljgate.sqlite' }],
    ['sqlite:C:\\data\\a@b:c', { kind: 'sqlite', path: 'C:\\data\\a@b:c' }],
    ['d1:ljgate', { kind: 'd1', name: 'ljgate', local: false }],
    ['d1:lj_gate-2@local', { kind: 'd1', name: 'lj_gate-2', local: true }],
    ['dynamodb:ljgate-prod', { kind: 'dynamodb', prefix: 'ljgate-prod' }],
    [
      'dynamodb:ljgate@http://localhost:8000',
      { kind: 'dynamodb', prefix: 'ljgate', endpoint: 'http://localhost:8000' },
    ],
    [
      'dynamodb:l.j_g@https://user@[::1]:8000/',
      { kind: 'dynamodb', prefix: 'l.j_g', endpoint: 'https://user@[::1]:8000/' },
    ],
  ])('%s', (text, spec) => {
    expect(parseStoreUri(text)).toEqual(spec);
  });
});

describe('a wrong name is refused, with what was wanted', () => {
  test.each([
    ['', 'is of no known kind'],
    ['Memory', 'is of no known kind'],
    ['memory:', 'is of no known kind'],
    ['redis:x', 'is of no known kind'],
    ['sqlite', 'is of no known kind'],
    ['sqlite:', 'names no file'],
    ['d1:', 'names no database'],
    ['d1:--help', 'names no database'],
    ['d1:a b', 'names no database'],
    ['d1:a@remote', 'names no database'],
    ['dynamodb:', 'names no table prefix'],
    ['dynamodb:@http://localhost', 'names no table prefix'],
    ['dynamodb:a b', 'names no table prefix'],
    [`dynamodb:${'a'.repeat(247)}`, 'names no table prefix'],
    ['dynamodb:a@', 'has an endpoint that is no http(s) URL'],
    ['dynamodb:a@localhost:8000', 'has an endpoint that is no http(s) URL'],
    ['dynamodb:a@ftp://localhost', 'has an endpoint that is no http(s) URL'],
  ])('%j %s', (text, why) => {
    const wanted = 'sqlite:PATH, dynamodb:PREFIX, dynamodb:PREFIX@ENDPOINT, d1:NAME, d1:NAME@local or memory';
    const expected = `wants ${wanted}: ${JSON.stringify(text)} ${why}`;
    expect(() => parseStoreUri(text)).toThrow(expected);
  });
});

test.each(['memory', 'dynamodb:ljgate@http://127.0.0.1:1', 'd1:ljgate'])(
  '%s is opened, and says where it is',
  async (text) => {
    vi.stubEnv('CLOUDFLARE_API_TOKEN', 'token').stubEnv('CLOUDFLARE_ACCOUNT_ID', 'account');
    onTestFinished(() => void vi.unstubAllEnvs());
    const store = await openStore(parseStoreUri(text));
    expect(store.description).toBe(text);
    await store.close();
  },
);
