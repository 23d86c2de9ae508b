/** One table of operations, run on the command line, by the admin function and over the interface for sites. */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { adminHandler } from '../../../functions/runtime/lambda/admin-handler.ts';
import { generateKeyring } from '../../../infra/secrets/keyring.ts';
import { openStore } from '../../../infra/stores/open-by-uri.ts';
import { jsonLines, ljgate } from '../../support/cli.ts';
import { freshFolder, type Ljgate, startLjgate } from '../../support/server.ts';

/** How an operation ended: what it gave, or why it was not done. */
type Ended = { readonly result: unknown } | { readonly refused: string };

/** An operation as each interface spells it. */
interface Operation {
  readonly cli: readonly string[];
  readonly input?: string;
  readonly admin: { readonly verb: string };
  readonly api: string;
  readonly body?: object;
}

const named = (verb: string, more: object = {}) => ({ verb, username: 'alice', ...more });

const operations: readonly Operation[] = [
  {
    cli: ['accounts', 'add', 'alice', '--fullname', 'Alice', '--password-stdin'],
    input: 'secret of alice\n',
    admin: named('accounts add', { fullname: 'Alice', password: 'secret of alice' }),
    api: 'POST /accounts',
    body: { username: 'alice', fullname: 'Alice', password: 'secret of alice' },
  },
  {
    cli: ['accounts', 'add', 'alice', '--no-password'],
    admin: named('accounts add'),
    api: 'POST /accounts',
    body: { username: 'alice' },
  },
  {
    cli: ['accounts', 'add', 'bob', '--no-password', '--fullname', 'x'.repeat(300)],
    admin: { ...named('accounts add', { fullname: 'x'.repeat(300) }), ...{ username: 'bob' } },
    api: 'POST /accounts',
    body: { username: 'bob', fullname: 'x'.repeat(300) },
  },
  { cli: ['accounts', 'show', 'alice'], admin: named('accounts show'), api: 'GET /accounts/alice' },
  {
    cli: ['accounts', 'show', 'nobody'],
    admin: { verb: 'accounts show', ...{ username: 'nobody' } },
    api: 'GET /accounts/nobody',
  },
  { cli: ['accounts', 'list'], admin: { verb: 'accounts list' }, api: 'GET /accounts' },
  {
    cli: ['accounts', 'edit', 'alice', '--fullname', 'Alice Roe'],
    admin: named('accounts edit', { fields: { fullname: 'Alice Roe' } }),
    api: 'PATCH /accounts/alice',
    body: { fullname: 'Alice Roe' },
  },
  {
    cli: ['accounts', 'edit', 'alice', '--fields', '-'],
    input: '{"colour":"red"}',
    admin: named('accounts edit', { fields: { colour: 'red' } }),
    api: 'PATCH /accounts/alice',
    body: { colour: 'red' },
  },
  {
    cli: ['accounts', 'set-status', 'alice', 'suspended'],
    admin: named('accounts set-status', { status: 'suspended' }),
    api: 'PUT /accounts/alice/status',
    body: { status: 'suspended' },
  },
  {
    cli: ['accounts', 'set-challenge', 'alice', 'off', '--yes'],
    admin: named('accounts set-challenge', { on: false }),
    api: 'PUT /accounts/alice/challenge',
    body: { on: false },
  },
  {
    cli: ['accounts', 'set-challenge', 'alice', 'on'],
    admin: named('accounts set-challenge', { on: true }),
    api: 'PUT /accounts/alice/challenge',
    body: { on: true },
  },
  {
    cli: ['accounts', 'set-password', 'alice', '--generate', '--challenge', 'on'],
    admin: named('accounts set-password', { generate: true, challenge: true }),
    api: 'PUT /accounts/alice/password',
    body: { generate: true, challenge: true },
  },
  {
    cli: ['keys', 'add', 'alice', 'phone'],
    admin: named('keys add', { name: 'phone' }),
    api: 'POST /accounts/alice/keys',
    body: { name: 'phone' },
  },
  {
    cli: ['keys', 'add', 'alice', 'phone'],
    admin: named('keys add', { name: 'phone' }),
    api: 'POST /accounts/alice/keys',
    body: { name: 'phone' },
  },
  { cli: ['keys', 'list', 'alice'], admin: named('keys list'), api: 'GET /accounts/alice/keys' },
  {
    cli: ['keys', 'revoke', 'alice', 'laptop', '--yes'],
    admin: named('keys revoke', { key: 'laptop' }),
    api: 'DELETE /accounts/alice/keys/laptop',
  },
  {
    cli: ['keys', 'revoke', 'alice', 'phone', '--yes'],
    admin: named('keys revoke', { key: 'phone' }),
    api: 'DELETE /accounts/alice/keys/phone',
  },
  { cli: ['sessions', 'list', 'alice'], admin: named('sessions list'), api: 'GET /accounts/alice/sessions' },
  {
    cli: ['sessions', 'expire', 'alice', '123456', '--yes'],
    admin: named('sessions expire', { ids: [123456] }),
    api: 'POST /accounts/alice/sessions/expire',
    body: { ids: [123456] },
  },
  {
    cli: ['sessions', 'expire', 'alice', '--all', '--yes'],
    admin: named('sessions expire', { all: true }),
    api: 'POST /accounts/alice/sessions/expire',
    body: { all: true },
  },
  { cli: ['bans', 'list', '--account', 'alice'], admin: named('bans list'), api: 'GET /bans?username=alice' },
  {
    cli: ['bans', 'lift', '--account', 'alice'],
    admin: named('bans lift'),
    api: 'DELETE /bans?username=alice',
  },
  {
    cli: ['accounts', 'remove', 'alice', '--yes'],
    admin: named('accounts remove'),
    api: 'DELETE /accounts/alice',
  },
];

/** Members that are made anew each time. */
const fresh = ['created', 'generation', 'version', 'id', 'secret', 'generatedPassword', 'more'];

function comparable(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(comparable);
  if (typeof value !== 'object' || value === null) return value;
  const members = Object.entries(value).filter(([name]) => !fresh.includes(name));
  return Object.fromEntries(members.map(([name, member]) => [name, comparable(member)]));
}

/** A list, however an interface wraps it. */
function unwrapped(value: unknown): unknown {
  if (Array.isArray(value)) return value;
  const { accounts, keys, sessions, bans, username } = Object(value);
  return username === undefined ? (accounts ?? keys ?? sessions ?? bans ?? value) : value;
}

async function openCli() {
  const folder = await freshFolder();
  return async ({ cli, input }: Operation): Promise<Ended> => {
    const ran = await ljgate({ folder, env: { LJGATE_STORE: 'sqlite:a.sqlite' } }, [...cli, '--json'], input);
    if (ran.code !== 0) return { refused: ran.stderr };
    const lines = jsonLines(ran);
    return { result: ['list'].includes(cli[1] ?? '') ? lines : lines[0] };
  };
}

async function openAdmin() {
  const folder = await freshFolder();
  const [database, secret] = [join(folder, 'a.sqlite'), join(folder, 'root-secret.json')];
  await writeFile(secret, generateKeyring().reveal(), { mode: 0o600 });
  const handle = adminHandler(
    openStore,
    { LJGATE_STORE: `sqlite:${database}`, LJGATE_SECRET: secret },
    () => {},
  );
  return async ({ admin }: Operation): Promise<Ended> => {
    const answer = await handle(admin, { awsRequestId: 'test' });
    return answer.ok ? { result: unwrapped(answer.result) } : { refused: answer.error };
  };
}

let server: Ljgate | undefined;
afterAll(async () => void (await server?.stop()));

async function openApi() {
  const folder = await freshFolder();
  const store = `sqlite:${join(folder, 'a.sqlite')}`;
  server = await startLjgate('--store', store, '--api', 'same');
  const { url } = server;
  const scopes = 'accounts:read,accounts:write,sessions,keys,bans';
  const added = await ljgate({ folder, env: { LJGATE_STORE: store } }, [
    'tokens',
    'add',
    'site',
    '--scope',
    scopes,
    '--json',
  ]);
  const [token] = jsonLines(added);
  return async ({ api, body }: Operation): Promise<Ended> => {
    const [method = '', path = ''] = api.split(' ');
    const reply = await fetch(new URL(`/api/v1${path}`, url), {
      method,
      headers: { Authorization: `Bearer ${token?.['token']}`, 'Content-Type': 'application/json' },
      ...(body && { body: JSON.stringify(body) }),
    });
    const answer: unknown = await reply.json();
    if (reply.ok) return { result: unwrapped(answer) };
    const { detail, faults = [] } = Object(answer);
    return { refused: detail ?? faults[0]?.rule };
  };
}

test('every operation ends alike on all three, done or refused', async () => {
  const [cli, admin, api] = await Promise.all([openCli(), openAdmin(), openApi()]);
  const refused: string[] = [];
  for (const operation of operations) {
    const [onCli, byAdmin, overApi] = await Promise.all([cli(operation), admin(operation), api(operation)]);
    if ('refused' in overApi) {
      refused.push(operation.api);
      const reason = overApi.refused.replace(/\.$/, '').replace(/^./, (first) => first.toLowerCase());
      expect('refused' in byAdmin && byAdmin.refused, operation.api).toContain(reason);
      expect('refused' in onCli && onCli.refused, operation.api).toContain(reason);
      continue;
    }
    expect(comparable(overApi), operation.api).toEqual(comparable(byAdmin));
    expect(comparable(onCli), operation.api).toEqual(comparable(byAdmin));
  }
  expect(refused).toEqual([
    ...['POST /accounts', 'POST /accounts', 'GET /accounts/nobody', 'PATCH /accounts/alice'],
    ...['PUT /accounts/alice/challenge', 'POST /accounts/alice/keys', 'DELETE /accounts/alice/keys/laptop'],
    'POST /accounts/alice/sessions/expire',
  ]);
});
