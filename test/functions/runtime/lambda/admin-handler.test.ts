/** The admin function, as Lambda invokes it: events in, answers out, an audit line for every change. */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeEach, describe, expect, test } from 'vitest';
import { type AdminHandler, adminHandler } from '../../../../functions/runtime/lambda/admin-handler.ts';
import { generateKeyring } from '../../../../infra/secrets/keyring.ts';
import { openStore } from '../../../../infra/stores/open-by-uri.ts';
import { openSqlite } from '../../../../infra/stores/sqlite/sqlite-store.ts';
import { temporaryFolder } from '../../../support/stores.ts';
import { adminEvents } from '../../../support/test-events.ts';

const folder = temporaryFolder();
const LJGATE_SECRET = join(folder, 'root-secret.json');
const context = { awsRequestId: 'request-1', clientContext: { custom: { caller: 'alice' } } };
await writeFile(LJGATE_SECRET, generateKeyring().reveal(), { mode: 0o600 });
let lines: Record<string, unknown>[] = [];
let handle: AdminHandler;

const invoke = async (event: unknown) => {
  lines = [];
  return handle(event, context);
};

beforeEach(async () => {
  const database = join(folder, `${crypto.randomUUID()}.sqlite`);
  await openSqlite(database).close();
  const variables = { LJGATE_STORE: `sqlite:${database}`, LJGATE_SECRET, LJGATE_VERSION: '0.1.0+abc' };
  handle = adminHandler(openStore, variables, (line) => lines.push(JSON.parse(line)));
});

test('adds, shows, changes and removes an account, each change with a line of audit', async () => {
  const added = await invoke({ verb: 'accounts add', username: 'Test', password: 'hunter22', caps: 5 });
  expect(added).toMatchObject({ ok: true, result: { username: 'test', userid: 1, caps: 5 } });
  expect(lines).toMatchObject([
    {
      audit: 'accounts add',
      on: 'Test',
      given: ['password', 'caps'],
      outcome: 'done',
      by: { cognito: null, claimed: '{"custom":{"caller":"alice"}}' },
      request: 'request-1',
      version: '0.1.0+abc',
    },
  ]);
  expect(JSON.stringify([added, lines])).not.toContain('hunter22');

  expect(await invoke({ verb: 'accounts show', username: 'test' })).toMatchObject({ ok: true });
  expect(lines).toEqual([]);
  const suspended = await invoke({ verb: 'accounts set-status', username: 'test', status: 'suspended' });
  expect(suspended).toMatchObject({ ok: true, result: { status: 'suspended' } });
  expect(lines).toMatchObject([{ audit: 'accounts set-status', status: 'suspended', outcome: 'done' }]);
  expect(await invoke({ verb: 'accounts remove', username: 'test' })).toMatchObject({ ok: true });
});

test('answers a key and a made-up password once, and never puts them into the audit', async () => {
  const added = await invoke({ verb: 'accounts add', username: 'carol', generate: true });
  const key = await invoke({ verb: 'keys add', username: 'carol', name: 'laptop' });
  expect(added).toMatchObject({ result: { generatedPassword: expect.stringMatching(/^[a-z2-7-]{23}$/) } });
  const secret = key.ok ? Reflect.get(Object(key.result), 'secret') : '';
  expect(secret).toMatch(/^[a-z2-7]{32}$/);
  expect(JSON.stringify(lines)).not.toContain(secret);
});

test.each([
  [null, /object with a verb; the verbs are accounts add/],
  [{}, /names no verb/],
  [{ verb: 'accounts frobnicate' }, /no verb "accounts frobnicate"; the verbs are/],
  [{ verb: 'accounts show' }, /username: is missing/],
  [{ verb: 'accounts show', username: 'a b' }, /username: must be 1 to 25/],
  [{ verb: 'accounts show', username: 'test', colour: 1 }, /colour: is not a known field/],
  [{ verb: 'accounts set-status', username: 'carol', status: 'gone' }, /status: must be one of active/],
  [{ verb: 'accounts set-password', username: 'carol', password: 7 }, /password: must be text/],
  [{ verb: 'sessions expire', username: 'carol', ids: [] }, /must/],
])('says what is wrong with %j', async (event, error) => {
  expect(await invoke(event)).toMatchObject({
    ok: false,
    kind: 'wrong',
    error: expect.stringMatching(error),
  });
  expect(lines).toEqual([]);
});

test('says what failed, and puts it into the audit', async () => {
  expect(await invoke({ verb: 'accounts remove', username: 'nobody' })).toMatchObject({
    ok: false,
    kind: 'failed',
    error: expect.stringContaining('there is no account "nobody"'),
  });
  expect(lines).toMatchObject([{ audit: 'accounts remove', on: 'nobody', outcome: 'failed' }]);
});

test('refuses a large import, with the way to do it', async () => {
  const many = Array.from({ length: 101 }, (_, i) => ({ username: `u${i}` }));
  expect(await invoke({ verb: 'import', lines: many })).toMatchObject({
    kind: 'wrong',
    error: expect.stringContaining('npx ljgate import FILE'),
  });
  const few = await invoke({ verb: 'import', lines: [{ username: 'dave' }, { username: '' }] });
  expect(few).toMatchObject({
    result: { added: 1, refused: 1, refusedLines: [{ number: 2, reason: expect.any(String) }] },
  });
});

test('names the variable that is wrong', async () => {
  const broken = adminHandler(openStore, { LJGATE_STORE: 'redis:x' }, () => {});
  expect(await broken({ verb: 'doctor' }, context)).toMatchObject({
    ok: false,
    error: expect.stringMatching(/^LJGATE_STORE .*sqlite:PATH/),
  });
});

describe('of the test events that the console offers', () => {
  test('each has a name that is fit for the console', () => {
    expect([...adminEvents.keys()].filter((name) => !/^[a-z-]{1,32}$/.test(name))).toEqual([]);
  });

  test.each([...adminEvents])('%s is no wrong event', async (_, event) => {
    await invoke({ verb: 'accounts add', username: 'test', generate: true });
    const answer = await invoke(event);
    if (!answer.ok) expect(answer.kind).toBe('failed');
  });
});
