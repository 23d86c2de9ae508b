import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { readAudit, shipped } from '../../../infra/deploy/audit.ts';
import { freshFolder } from '../../support/server.ts';

const main = fileURLToPath(new URL('../../../infra/deploy/audit.ts', import.meta.url));
const advisory = {
  id: 1,
  title: 'an example',
  url: 'https://example.com/1',
  severity: 'high',
  vulnerable_versions: '<99',
  cwe: [],
  cvss: { score: 0, vectorString: null },
};

/** A registry that knows what `answer` says, which the real npm asks. */
let answer: { readonly status: number; readonly body: unknown };
const registry = createServer((request, response) => {
  // npm looks at a vulnerable package's versions, too, and does without them.
  const { status, body } = request.method === 'POST' ? answer : { status: 404, body: {} };
  request.resume().on('end', () => response.writeHead(status).end(JSON.stringify(body)));
});
let url: string;
beforeAll(async () => {
  registry.listen(0, '127.0.0.1');
  await once(registry, 'listening');
  url = `http://127.0.0.1:${(registry.address() as AddressInfo).port}`;
});
afterAll(() => {
  registry.closeAllConnections();
  registry.close();
});

async function audit(asked: string) {
  const settings = { registry: asked, fetch_retries: '0', cache: await freshFolder() };
  const env = { ...process.env };
  for (const [name, value] of Object.entries(settings)) env[`npm_config_${name}`] = value;
  const child = spawn(process.execPath, [main], { env, stdio: ['ignore', 'ignore', 'pipe'] });
  let printed = '';
  child.stderr.on('data', (chunk) => {
    printed += String(chunk);
  });
  await once(child, 'close');
  return { code: child.exitCode, printed };
}

test('passes where the registry knows of nothing', async () => {
  answer = { status: 200, body: {} };
  expect(await audit(url)).toEqual({ code: 0, printed: 'audit: no known vulnerabilities\n' });
});

test('fails, and names them, where a package of production has a known vulnerability', async () => {
  answer = { status: 200, body: { hono: [advisory] } };
  const { code, printed } = await audit(url);
  expect(code).toBe(1);
  expect(printed).toMatch(/^audit: known vulnerabilities:\n[\s\S]*^ {2}hono \(high\): an example https/m);
});

test.each(['argon2id', '@aws-lambda-powertools/logger'])(
  'fails where %s has one: it is in a bundle',
  async (name) => {
    answer = { status: 200, body: { [name]: [advisory] } };
    expect((await audit(url)).code).toBe(1);
  },
);

test('passes where a package has one that only development needs', async () => {
  answer = { status: 200, body: { vitest: [advisory] } };
  expect((await audit(url)).code).toBe(0);
});

test('what runs in production is what is installed, what is bundled, and what these need', () => {
  const packages = {
    '': { dependencies: { hono: '1' } },
    'node_modules/hono': { dependencies: { one: '1' } },
    'node_modules/hono/node_modules/one': { optionalDependencies: { two: '1' } },
    'node_modules/argon2id': {},
    'node_modules/vitest': { dependencies: { three: '1' } },
  };
  const found = shipped({ packages });
  for (const name of ['hono', 'one', 'two', 'argon2id']) expect(found).toContain(name);
  for (const name of ['vitest', 'three']) expect(found).not.toContain(name);
});

test('passes, and says so aloud, where the registry refuses to say', async () => {
  answer = { status: 405, body: {} };
  const { code, printed } = await audit(url);
  expect(code).toBe(0);
  expect(printed).toMatch(/^audit: NOT AUDITED, .*405[\s\S]*::warning::/);
});

test('passes, and says so aloud, where there is no registry', async () => {
  const { code, printed } = await audit('http://127.0.0.1:9');
  expect(code).toBe(0);
  expect(printed).toMatch(/^audit: NOT AUDITED, .*ECONNREFUSED/);
});

test.each([
  [
    '{"error":{"code":"ENOLOCK","summary":"This command requires an existing lockfile."}}',
    'existing lockfile',
  ],
  ['not JSON', 'not JSON'],
  ['', 'could not audit'],
  ['{}', '{}'],
])('takes no other word of npm for a yes: %s', (printed, part) => {
  const { verdict, text } = readAudit(printed, new Set());
  expect(verdict).toBe('broken');
  expect(text).toContain(part);
});
