import { describe, expect, test } from 'vitest';
import { openStore } from '../../../infra/store/open.ts';
import { parseStoreSpec } from '../../../infra/store/spec.ts';

describe('a store is named', () => {
  test.each([
    ['memory', { kind: 'memory' }],
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
    expect(parseStoreSpec(text)).toEqual(spec);
  });
});

describe('a wrong name is told apart, with what was wanted', () => {
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
    expect(() => parseStoreSpec(text)).toThrow(expected);
  });
});

test.each(['memory', 'dynamodb:ljgate@http://127.0.0.1:1', 'd1:ljgate', 'd1:ljgate@local'])(
  '%s is opened, and says where it is',
  async (text) => {
    const store = await openStore(parseStoreSpec(text));
    expect(store.description).toBe(text);
    await store.close();
  },
);
