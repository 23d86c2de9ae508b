/** The saved queries and those of the dashboard, against lines that the functions really write. */
import { readFileSync } from 'node:fs';
import { beforeAll, describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import type { Fields } from '../../../support/logs-insights/expression.ts';
import { discover, readQuery } from '../../../support/logs-insights/query.ts';
import { writtenLines } from './real-lines.ts';

const resource = (file: string) =>
  parse(readFileSync(new URL(`../../../../infra/deploy/resources/${file}`, import.meta.url), 'utf8'), {
    logLevel: 'error',
    merge: true,
  }).Resources;

interface Definition {
  readonly Properties: { readonly Name: string; readonly QueryString: string };
}
interface Widget {
  readonly type: string;
  readonly x: number;
  readonly width: number;
  readonly properties: { readonly title: string; readonly query: string; readonly markdown: string };
}

const saved = Object.values<Definition>(resource('queries.yml')).map(({ Properties }) => ({
  name: Properties.Name.replace(/^.*\//, ''),
  text: Properties.QueryString,
}));
const dashboard: { readonly widgets: readonly Widget[] } = JSON.parse(
  resource('dashboard.yml').Dashboard.Properties.DashboardBody['Fn::Sub'],
);
const shown = dashboard.widgets
  .filter(({ type }) => type === 'log')
  .map(({ properties }) => ({
    name: `the dashboard: ${properties.title}`,
    text: properties.query.replace(/^(?:SOURCE '[^']+' \| )+/, ''),
  }));

let lines: readonly Fields[];
let known: ReadonlySet<string>;
beforeAll(async () => {
  lines = (await writtenLines()).map((line, i) => discover(line, i));
  known = new Set(lines.flatMap((line) => [...line.keys()]));
});

const unknownIn = (text: string) => [...readQuery(text).names].filter((name) => !known.has(name));
const answer = (name: string, change = (text: string) => text) => {
  const query = saved.find((one) => one.name === name);
  if (!query) throw new Error(`no query ${name}`);
  return readQuery(change(query.text))
    .run(lines)
    .map((row) => Object.fromEntries(row));
};

describe.each([...saved, ...shown])('$name', ({ text }) => {
  test('names only fields that log lines have', () => {
    expect(unknownIn(text)).toEqual([]);
  });

  test('finds something', () => {
    const rows = readQuery(text.replaceAll('ACCOUNT', 'carol')).run(lines);
    // Nobody is banned here.
    if (!text.includes('outcome = 402 |')) expect(rows).not.toEqual([]);
    expect(text.length).toBeLessThanOrEqual(10_000);
  });
});

test('a field that was renamed is noticed, and a query that AWS would refuse', () => {
  expect(
    unknownIn('fields acount | filter message like /^call/ | stats count(*) as n by wire | sort n'),
  ).toEqual(['acount']);
  for (const wrong of [
    'feilds a',
    'filter a =',
    'stats counts(*) as n by a',
    'limit 20000',
    'filter a = 1 b',
  ]) {
    expect(() => readQuery(wrong).run([new Map([['a', 1]])]), wrong).toThrow();
  }
});

test('an account that was refused inside a multicall is found, with the reason and the address', () => {
  const rows = answer('why is an account refused', (text) => text.replaceAll('ACCOUNT', 'carol'));
  expect(rows).toMatchObject([
    { wire: 'xmlrpc', method: 'login', outcome: 100, shown: 'password', address: '192.0.2.1', multicall: 2 },
  ]);
});

test('who is attacked counts each refusal, also those of multicalls; who attacks, each account', () => {
  const attacked = answer('who is attacked').map(({ account, refusals }) => [account, refusals]);
  expect(attacked.toSorted()).toEqual([
    ['carol', 1],
    ['nobody', 1],
    ['test', 1],
  ]);
  const attackers = answer('who attacks, from where');
  expect(attackers).toMatchObject([{ address: '192.0.2.1', refusals: 3, accounts: 3 }]);
});

test('plain passwords are counted for each account and client, also those of multicalls', () => {
  const rows = answer('who still sends plain passwords or uses http');
  const found = rows.map(({ account, wire, client, calls }) => [account, wire, client, calls]);
  expect(found).toContainEqual(['test', 'flat', 'Old/1', 1]);
  expect(found).toContainEqual(['test', 'xmlrpc', undefined, 1]);
});

test('the slowest calls have each request once, the slowest first', () => {
  const times = answer('slowest calls').map(({ ms, request }) => [Number(ms), request]);
  expect(times).toEqual(times.toSorted(([a], [b]) => Number(b) - Number(a)));
  expect(times).toHaveLength(lines.filter((line) => line.has('ms')).length);
});

test('the relay’s calls are counted by method and status, and a failure has its reason', () => {
  const statuses = answer('what the relay does').map(({ method, outcome, upstreamStatus }) => [
    method,
    outcome,
    upstreamStatus,
  ]);
  expect(statuses.toSorted()).toEqual([
    ['getevents', 502, 503],
    ['getevents', 'ok', 200],
  ]);
  expect(answer('why the site behind fails')).toMatchObject([
    { method: 'getevents', upstreamStatus: 503, 'error.message': expect.stringContaining('503') },
  ]);
});

test('a change has who made it, by either way', () => {
  const changes = answer('what changed, and by whom');
  expect(changes).toContainEqual(
    expect.objectContaining({
      audit: 'tokens add',
      'by.cognito': 'c',
      request: 'admin-1',
      version: '0.1.0+abc',
    }),
  );
  expect(changes).toContainEqual(
    expect.objectContaining({
      audit: 'accounts set-status',
      on: 'test',
      'by.token': 'shop',
      version: '0.1.0+abc',
    }),
  );
});

test('the queries have names of their own, with the stage', () => {
  const names = Object.values<Definition>(resource('queries.yml')).map(({ Properties }) => Properties.Name);
  expect(new Set(names).size).toBe(names.length);
  for (const name of names) expect(name).toMatch(/^\$\{self:custom\.name\}\/[^:*/]+$/);
});

test('the dashboard fits: no widget over the edge, and its text names queries that there are', () => {
  const { widgets } = dashboard;
  for (const { x, width } of widgets) expect(x + width).toBeLessThanOrEqual(24);
  expect(widgets.length).toBeLessThanOrEqual(500);
  const text = widgets.find(({ type }) => type === 'text')?.properties.markdown ?? '';
  const named = [...text.matchAll(/"([^"]+)"/g)].map(([, name]) => name);
  expect(named.length).toBeGreaterThan(4);
  const there = [...saved.map(({ name }) => name), 'Nobody gets the alarms'];
  for (const name of named) expect(there).toContain(name);
});
