/**
 * Everything that the product does, done with marked secrets, on SQLite and on DynamoDB, as a server, as
 * functions and from the command line. Then no mark is found in any reply, log, error, audit, export or
 * table, in any spelling, but where it belongs; and there each is found, so the search does find.
 */
import { type ChildProcess, fork, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { DynamoDBClient, ScanCommand } from '@aws-sdk/client-dynamodb';
import { hashSync } from 'bcryptjs';
import * as v from 'valibot';
import { describe, expect, test, vi } from 'vitest';
import { md5Hex } from '../../core/auth/digest.ts';
import { scopes } from '../../core/auth/token.ts';
import { parseKeyring } from '../../infra/secrets/keyring.ts';
import { tablesOf } from '../../infra/stores/dynamodb/tables.ts';
import { proxy } from '../infra/stores/faulty-endpoints.ts';
import { ljgate } from '../support/cli.ts';
import { startSecretsManager } from '../support/packaged.ts';
import { openPages, type PagesClient } from '../support/pages-client.ts';
import { requireProgram } from '../support/requirements.ts';
import { dynamodbLocal, temporaryFolder, uniquePrefix } from '../support/stores.ts';
import { tally } from '../support/tally.ts';
import { callDocument, respond } from '../support/wire.ts';
import { everyApiCall } from './leak-api-calls.ts';
import { type Asked, authOf, Failing, Outputs, revealing, secrets } from './leak-outputs.ts';

/** Everything that can be asked over HTTP. */
async function everyCall(outputs: Outputs, { origin, ask }: Asked): Promise<void> {
  const tell = async (label: string, path: string, init: RequestInit = {}): Promise<Response> => {
    const reply = await ask(path, { redirect: 'manual', ...init });
    outputs.add(`reply to ${label}`, `${JSON.stringify([...reply.headers])} ${await reply.clone().text()}`);
    return reply;
  };
  const flat = async (label: string, fields: Readonly<Record<string, string>>, headers = {}) => {
    const body = new URLSearchParams(fields).toString();
    const sent = { 'Content-Type': 'application/x-www-form-urlencoded', ...revealing, ...headers };
    const reply = await tell(label, '/interface/flat', { method: 'POST', body, headers: sent });
    return (await reply.text()).split('\n');
  };
  const xmlrpc = async (label: string, body: string, headers = {}) => {
    const sent = { 'Content-Type': 'text/xml', ...revealing, ...headers };
    return (await tell(label, '/interface/xmlrpc', { method: 'POST', body, headers: sent })).text();
  };
  const xml = (text: string) => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;');
  const call = (method: string, args: Readonly<Record<string, string>>) =>
    callDocument(`LJ.XMLRPC.${method}`, args);

  const user = { user: 'owner' };
  const { password } = secrets;
  const tried = { right: password, wrong: secrets['wrong password'], 'a client key': secrets['client key'] };
  for (const [which, secret] of Object.entries(tried)) {
    await flat(`login with ${which}`, { mode: 'login', ...user, password: secret });
    await flat(`login with ${which}, hashed`, { mode: 'login', ...user, hpassword: md5Hex(secret) });
    const challenge = (await flat('getchallenge', { mode: 'getchallenge' }))[3] ?? '';
    const answer = respond(outputs.mark(`challenge for ${which}`, challenge), secret);
    const answered = { auth_method: 'challenge', auth_challenge: challenge, auth_response: answer };
    outputs.mark(`response with ${which}`, answer);
    await flat(`login with ${which}, by challenge`, { mode: 'login', ...user, ...answered });
    const args = { username: 'owner', password: xml(secret) };
    await xmlrpc(`LJ.XMLRPC.login with ${which}`, call('login', args));
    await xmlrpc(
      `LJ.XMLRPC.login with ${which}, hashed`,
      call('login', { ...args, hpassword: md5Hex(secret) }),
    );
    const base64 = `<base64>${Buffer.from(secret).toString('base64')}</base64>`;
    await xmlrpc(`LJ.XMLRPC.login with ${which}, in base64`, call('login', { ...args, password: base64 }));
  }
  await flat('login of one brought as MD5', {
    mode: 'login',
    user: 'hashed',
    password: secrets['password brought as MD5'],
  });
  await flat('login of one brought as bcrypt', {
    mode: 'login',
    user: 'brought',
    password: secrets['password brought as bcrypt'],
  });
  // What no call is made of.
  await flat('no such mode', { mode: password, ...user, password });
  await flat('no such user', { mode: 'login', user: password, password });
  await flat('no such way', { mode: 'login', ...user, auth_method: password, password });
  await flat('no UTF-8', { mode: 'login', ver: '1', ...user, password: `${password}`, other: '\ud800' });
  await xmlrpc('broken XML', `<methodCall><methodName>LJ.XMLRPC.login</methodName>${xml(password)}`);
  await xmlrpc('XML with an unknown entity', `<methodCall>&${password}; ${password}</methodCall>`);
  await xmlrpc('no such method', callDocument(xml(password), { password: xml(password) }));
  await xmlrpc(
    'a number that is none',
    call('login', { username: 'owner', password: `<int>${xml(password)}</int>` }),
  );
  await xmlrpc(
    'a list in place of a name',
    call('login', { username: `<array><data><value>${xml(password)}</value></data></array>` }),
  );
  await tell(
    'a password in the address',
    `/interface/flat?mode=login&user=owner&password=${secrets['query string']}`,
  );
  await tell('a password in the path', `/interface/${secrets['query string']}`, { headers: revealing });

  const made = (await flat('sessiongenerate', { mode: 'sessiongenerate', ...user, password }))[1] ?? '';
  outputs.mark('session by flat', authOf(made));
  const reply = await xmlrpc(
    'LJ.XMLRPC.sessiongenerate',
    call('sessiongenerate', { username: 'owner', password: xml(password) }),
  );
  const other = /ws:owner:\d+:\w+/.exec(reply)?.[0] ?? '';
  outputs.mark('session by XML-RPC', authOf(other));
  const guessed = made.replace(/:\w+$/, ':guessedguessedguessedguessed23');
  outputs.mark('session that somebody guessed', authOf(guessed));
  for (const [which, session] of Object.entries({ right: made, guessed })) {
    const cookie = {
      'X-LJ-Auth': 'cookie',
      Cookie: `other=${secrets['cookie of another site']}; ljsession=${session}`,
    };
    await flat(`login with a ${which} cookie`, { mode: 'login', ...user, auth_method: 'cookie' }, cookie);
    await xmlrpc(
      `LJ.XMLRPC.login with a ${which} cookie`,
      call('login', { username: 'owner', auth_method: 'cookie' }),
      cookie,
    );
    await tell(`the session check with a ${which} cookie`, '/session', { headers: cookie });
  }
  await flat('sessionexpire', {
    mode: 'sessionexpire',
    ...user,
    password,
    [`expire_id_${made.split(':')[2]}`]: '1',
  });

  const recorded: Parameters<typeof openPages>[0] = {
    fetch: (url, init) => {
      const path = url.slice(origin.length);
      return tell(`page ${init?.method ?? 'GET'} ${path}`, path, init);
    },
  };
  const page = openPages(recorded, origin);
  await everyPage(outputs, page);
}

async function everyPage(outputs: Outputs, page: PagesClient): Promise<void> {
  const cookies = () => {
    for (const [name, value] of page.jar) {
      // The account's name, which is no secret.
      if (name.endsWith('ljaccount')) continue;
      const secret = name === 'ljsession' ? authOf(value) : value;
      if (!outputs.marks.some(({ bytes }) => bytes.equals(Buffer.from(secret)))) {
        outputs.mark(`cookie ${name} of the pages`, secret);
      }
    }
  };
  const { password } = secrets;
  await page.get('/');
  await page.signIn({ username: 'owner', password: secrets['wrong password'] });
  cookies();
  await page.signIn({ username: 'owner', password });
  cookies();
  await page.get('/account');
  await page.send('/account/keys', '/account/keys', { name: 'phone', password: secrets['wrong password'] });
  const { html } = await page.send('/account/keys', '/account/keys', { name: 'phone', password });
  outputs.mark('client key of the page', /[a-z2-7]{32}/.exec(html)?.[0] ?? 'no client key on the page');
  await page.get('/account/keys');
  const changed = { new: secrets['password set on the page'], again: secrets['password set on the page'] };
  await page.send('/account/password', '/account/password', {
    password: secrets['wrong password'],
    ...changed,
  });
  await page.send('/account/password', '/account/password', { password, ...changed, again: 'another one' });
  await page.send('/account/password', '/account/password', { password, ...changed });
  cookies();
  await page.send('/account/password', '/account/password', {
    password: changed.new,
    new: password,
    again: password,
  });
  cookies();
  await page.post('/account/keys', { token: secrets['query string'], name: password, password });
  await page.send('/account', '/account/signout', {});
}

/** A token for all that a site's own code may do. */
async function tokenBy(
  outputs: Outputs,
  command: (args: readonly string[]) => Promise<string>,
): Promise<string> {
  const added = await command(['tokens', 'add', 'site', '--scope', scopes.join(','), '--json']);
  const { token }: { token: string } = JSON.parse(added);
  return outputs.mark('token of the site', token);
}

/** Where a mark may be: whoever is to have it gets it there, once. */
const belongings: readonly RegExp[] = [
  /^reply to getchallenge: challenge for /,
  // The protocol names a mode that it does not know.
  /^reply to no such mode(, over a store that fails)?: password$/,
  /^reply to sessiongenerate: session by flat$/,
  /^reply to LJ\.XMLRPC\.sessiongenerate: session by XML-RPC$/,
  /^reply to page (GET|POST) \/account\/(signin|password): cookie \w+ of the pages$/,
  /^reply to page POST \/account\/keys: client key of the page$/,
  /^command keys add: client key of the command$/,
  /^command tokens add: token of the site$/,
  /^reply to POST \/accounts\/\w+\/keys of the interface: client key of the interface$/,
  /^reply to POST \/accounts\/\w+\/sessions of the interface: session of the interface$/,
  /^answer to keys add: client key of the admin function$/,
  /^secret file: root secret/,
  /^transfer key file: root secret/,
];

/** Holds what was found against where it belongs; gives how many secrets were looked for. */
function checkPlaces(outputs: Outputs, unused: readonly RegExp[] = []): number {
  const found = [...outputs.found()];
  const misplaced = found.filter((pair) => !belongings.some((place) => place.test(pair)));
  expect(misplaced).toEqual([]);
  const idle = belongings.filter((place) => !found.some((pair) => place.test(pair)));
  expect(idle).toEqual(unused);
  return outputs.marks.length;
}

/** The root secrets of a file and every key that comes of them. */
function markKeys(outputs: Outputs, text: string, when: string): void {
  const keyring = parseKeyring(text);
  const { secrets: roots = [] }: { secrets?: { secret: string }[] } = JSON.parse(text);
  for (const [i, { secret }] of roots.entries()) {
    outputs.mark(`root secret ${i} ${when}`, Buffer.from(secret, 'base64'));
  }
  for (const { id } of keyring.list()) {
    for (const purpose of ['challenge', 'pepper', 'seal', 'assertion'] as const) {
      outputs.mark(`key for ${purpose} of ${id}`, keyring.byId(id, purpose) ?? '');
    }
  }
}

/** Accounts as they are brought over, and lines that are not taken. */
function importFile(path: string): string {
  const bad = secrets['password in a bad line'];
  const lines = [
    {
      username: 'owner',
      password: secrets.password,
      clientkeys: [{ name: 'laptop', secret: secrets['client key'] }],
      upstreamKey: secrets['upstream key'],
    },
    { username: 'hashed', passwordMd5: md5Hex(secrets['password brought as MD5']) },
    { username: 'brought', passwordBcrypt: hashSync(secrets['password brought as bcrypt'], 4) },
    { username: 'spoilt', password: 'does not matter' },
    { username: 'bad1', passwordMd5: bad },
    { username: 'bad2', passwordBcrypt: bad },
    { username: 'bad3', password: [bad] },
    { username: 'bad4', passwort: bad },
    { username: 'bad5', password: bad, passwordMd5: bad },
    { username: 'bad6', clientkeys: bad },
    { username: 'bad9', upstreamKey: [bad] },
    { username: 'bad10', sealedUpstreamKey: bad },
    {
      username: 'bad7',
      clientkeys: [
        { name: 'x', secret: bad },
        { name: 'x', secret: bad },
      ],
    },
    bad,
  ];
  const text = lines.map((line) => JSON.stringify(line)).join('\n');
  writeFileSync(path, `${text}\n{"username": "bad8", "password": "${bad}" nonsense}\n`);
  return path;
}

/** Starts the list of outputs of one store, imports accounts, and gives what runs commands on it. */
async function settle(folder: string, store: string) {
  const outputs = new Outputs();
  for (const [name, secret] of Object.entries(secrets)) outputs.mark(name, secret);
  const secret = join(folder, 'root-secret.json');
  const place = { folder, env: { LJGATE_STORE: store, LJGATE_SECRET: secret } };
  const command = async (args: readonly string[], input = '') => {
    const { stdout, stderr } = await ljgate(place, args, input);
    outputs.add(`command ${args.slice(0, 2).join(' ')}`, `${stdout}\n${stderr}`);
    return stdout;
  };
  await command(['tables', 'create']);
  const file = importFile(join(folder, 'accounts.jsonl'));
  expect(await command(['import', file])).toContain('added 4');
  markKeys(outputs, readFileSync(secret, 'utf8'), 'at first');
  return { outputs, secret, command };
}

/** Every command that shows or changes anything. */
async function everyCommand(
  outputs: Outputs,
  command: (args: readonly string[], input?: string) => Promise<string>,
) {
  const added = await command(['keys', 'add', 'owner', 'desk']);
  outputs.mark('client key of the command', /secret ([a-z2-7]{32})/.exec(added)?.[1] ?? 'no key');
  await command(['accounts', 'add', 'fresh', '--password-stdin'], `${secrets['password set by command']}\n`);
  await command(
    ['accounts', 'set-password', 'fresh', '--password-stdin'],
    `${secrets['password set by command']}\n`,
  );
  await command(['accounts', 'add', 'fresh', '--password-stdin'], `${secrets['password set by command']}\n`);
  await command(['accounts', 'set-upstream-key', 'fresh', '--secret-stdin'], `${secrets['upstream key']}\n`);
  const transferKey = join(temporaryFolder(), 'transfer.json');
  await command(['export', '--transfer-key', transferKey]);
  markKeys(outputs, readFileSync(transferKey, 'utf8'), 'for a transfer');
  outputs.add('transfer key file', readFileSync(transferKey));
  for (const look of ['show owner', 'list --json', 'show brought --json'])
    await command(['accounts', ...look.split(' ')]);
  for (const look of ['sessions list owner', 'keys list owner', 'export', 'doctor', 'secrets status']) {
    await command(look.split(' '));
  }
}

let events = 0;

/** Has a function of the child take an event. */
async function invoke(child: ChildProcess, name: string, event: unknown): Promise<unknown> {
  const id = events++;
  child.send({ id, name, event });
  const [{ reply, error }] = await once(child, 'message');
  if (error !== undefined) throw new Error(error);
  return reply;
}

const lambdaReply = v.object({
  statusCode: v.number(),
  headers: v.optional(v.record(v.string(), v.string()), {}),
  cookies: v.optional(v.array(v.string()), []),
  body: v.string(),
  isBase64Encoded: v.optional(v.boolean(), false),
});

const recorded = readFileSync(new URL('../data/events/http-api.json', import.meta.url), 'utf8');

function functionOf(path: string): string {
  const [, first, second = ''] = path.split('/');
  if (first === 'api') return 'api';
  return first === 'interface' && ['flat', 'xmlrpc'].includes(second) ? second : 'web';
}

/** The functions behind an HTTP API. */
function onLambda(child: ChildProcess): Asked {
  const host = 'abc123.execute-api.us-east-1.amazonaws.com';
  return {
    origin: `https://${host}`,
    async ask(path, init) {
      const { pathname, search } = new URL(path, `https://${host}`);
      const headers = Object.fromEntries(new Headers(init.headers));
      const event = JSON.parse(recorded);
      const { method = 'GET', body } = init;
      const { statusCode, ...reply } = v.parse(
        lambdaReply,
        await invoke(child, functionOf(pathname), {
          ...event,
          rawPath: pathname,
          rawQueryString: search.slice(1),
          headers: { ...headers, host, 'x-origin-proof': 'not the proof' },
          cookies: headers['cookie']?.split('; ') ?? [],
          requestContext: {
            ...event.requestContext,
            http: { ...event.requestContext.http, method, path: pathname },
          },
          ...(body && { body: Buffer.from(String(body)).toString('base64'), isBase64Encoded: true }),
        }),
      );
      const sent = new Headers(reply.headers);
      for (const cookie of reply.cookies) sent.append('Set-Cookie', cookie);
      const bytes = Buffer.from(reply.body, reply.isBase64Encoded ? 'base64' : 'utf8');
      return new Response(bytes.length > 0 ? bytes : null, { status: statusCode, headers: sent });
    },
  };
}

/** Every event of the admin function that has or makes a secret, and some that the authorizer takes. */
async function everyEvent(outputs: Outputs, child: ChildProcess): Promise<void> {
  const admin = async (verb: string, input: object = {}) => {
    const answer = JSON.stringify(await invoke(child, 'admin', { verb, ...input }));
    outputs.add(`answer to ${verb}`, answer);
    return answer;
  };
  const password = secrets['password of the admin function'];
  await admin('accounts add', { username: 'admitted', password });
  await admin('accounts add', { username: 'admitted', password });
  await admin('accounts add', { username: 'other', password: [password] });
  await admin('accounts add', { username: 'other', passwort: password });
  await admin('no such verb', { password });
  await admin('accounts set-password', { username: 'admitted', password });
  const upstreamKey = secrets['upstream key'];
  await admin('accounts set-upstream-key', { username: 'admitted', secret: upstreamKey });
  await admin('accounts set-upstream-key', { username: 'admitted', secret: [upstreamKey] });
  const added = await admin('keys add', { username: 'admitted', name: 'robot' });
  const key = /"secret":"(\w{32})"/.exec(added)?.[1];
  if (key) outputs.mark('client key of the admin function', key);
  await admin('import', {
    lines: [
      { username: 'other', passwordMd5: password },
      { username: 'other', pasword: password },
    ],
  });
  for (const verb of ['accounts show', 'keys list', 'sessions list'])
    await admin(verb, { username: 'admitted' });
  for (const verb of ['accounts list', 'secrets status', 'doctor']) await admin(verb);

  const cookie = `ljsession=ws:owner:1:${secrets['query string'].replaceAll('-', '')}`;
  const event = { ...JSON.parse(recorded), cookies: [cookie], headers: { ...revealing } };
  const answer = await invoke(child, 'authorizer', event).catch((error: unknown) => String(error));
  outputs.add('answer of the authorizer', JSON.stringify(answer));
}

/** Both tables, as DynamoDB shows them to an operator. */
async function tablesAt(endpoint: string, prefix: string): Promise<Record<string, string>> {
  const credentials = { accessKeyId: 'local', secretAccessKey: 'local' };
  const client = new DynamoDBClient({ endpoint, region: 'us-east-1', credentials });
  const scan = async (name: string): Promise<[string, string]> => {
    const { Items, LastEvaluatedKey } = await client.send(new ScanCommand({ TableName: name }));
    if (!Items?.length || LastEvaluatedKey) throw new Error(`${name} was not read whole`);
    return [name, JSON.stringify(Items)];
  };
  return Object.fromEntries(await Promise.all(Object.values(tablesOf(prefix)).map(scan)));
}

const main = fileURLToPath(new URL('../../functions/cli/ljgate.ts', import.meta.url));
const functions = fileURLToPath(new URL('./programs/functions.ts', import.meta.url));

/** Notes all that a process prints. */
function outputOf({ stdout, stderr }: ChildProcess): () => Buffer {
  const printed: Buffer[] = [];
  for (const stream of [stdout, stderr]) stream?.on('data', (chunk: Buffer) => printed.push(chunk));
  return () => Buffer.concat(printed);
}

/** Serves while `work` is done, and adds the whole log. */
async function serving(
  outputs: Outputs,
  format: 'text' | 'json',
  options: readonly string[],
  work: (asked: Asked) => Promise<void>,
): Promise<void> {
  const args = [
    main,
    'serve',
    '--port',
    '0',
    '--log',
    format,
    '--login-ban',
    'off',
    '--api',
    'same',
    ...options,
  ];
  const server = spawn(process.execPath, args);
  const output = outputOf(server);
  const origin = await vi.waitFor(() => {
    const url = /http:\/\/127\.0\.0\.1:\d+/.exec(output().toString())?.[0];
    if (url === undefined) throw new Error(`does not listen: ${output()}`);
    return url;
  }, 120_000);
  try {
    await work({ origin, ask: (path, init) => fetch(origin + path, init) });
  } finally {
    server.kill('SIGTERM');
    if (server.exitCode === null) await once(server, 'exit');
  }
  expect(output().toString()).toContain('verify');
  outputs.add(`log as ${format}`, output());
}

describe('no secret is found where it does not belong', () => {
  test('on SQLite: server, command line, import, rotation, damaged files', { timeout: 900_000 }, async ({
    task,
  }) => {
    const folder = temporaryFolder();
    const path = join(folder, 'lj.sqlite');
    const store = `sqlite:${path}`;
    const { outputs, secret, command } = await settle(folder, store);
    const options = ['--store', store, '--secret', secret];
    const files = (when: string) => {
      for (const name of readdirSync(folder).filter((one) => one.startsWith('lj.sqlite'))) {
        outputs.add(`${name} ${when}`, readFileSync(join(folder, name)));
      }
    };

    await serving(outputs, 'json', options, async (asked) => {
      await everyCall(outputs, asked);
      await everyCommand(outputs, command);
      await everyApiCall(outputs, asked, await tokenBy(outputs, command));
      files('in use');
      const login = (user: string) =>
        asked.ask('/interface/flat', {
          method: 'POST',
          body: new URLSearchParams({ mode: 'login', user, password: secrets['wrong password'] }),
        });

      const database = new DatabaseSync(path);
      const spoilt = JSON.stringify({
        password: secrets['spoilt record'],
        clientKeys: secrets['spoilt record'],
      });
      database.prepare("UPDATE accounts SET details = ? WHERE username = 'spoilt'").run(spoilt);
      outputs.add('reply to a login over a spoilt record', await (await login('spoilt')).text());
      await command(['accounts', 'show', 'spoilt']);
      await command(['export']);
      database.exec(
        "DELETE FROM accounts WHERE username = 'spoilt'; PRAGMA wal_checkpoint(TRUNCATE); VACUUM",
      );
      database.close();

      const whole = readFileSync(secret);
      for (const bad of [
        secrets['spoilt secret file'],
        `{"id": "a", "secret": "${secrets['spoilt secret file']}"}`,
      ]) {
        writeFileSync(secret, bad);
        await sleep(1100);
        await login('owner');
        await command(['secrets', 'status']);
      }
      writeFileSync(secret, whole);
      await sleep(1100);
      await command(['secrets', 'rotate', '--settle', '2', '--yes']);
    });
    markKeys(outputs, readFileSync(secret, 'utf8'), 'after a rotation');
    await serving(outputs, 'text', options, (asked) => everyCall(outputs, asked));
    outputs.add('secret file', readFileSync(secret));
    files('at rest');
    tally(
      task,
      'secrets looked for',
      checkPlaces(outputs, [/^answer to keys add: client key of the admin function$/]),
    );
  });

  const local = requireProgram('java');
  test.skipIf(!local)(
    'on DynamoDB: server, functions, audit, a store that quotes what it was asked',
    { timeout: 900_000 },
    async ({ task }) => {
      const endpoint = (await dynamodbLocal()) ?? '';
      const prefix = uniquePrefix();
      let quoting: readonly string[] = [];
      // As DynamoDB's own errors name tables and attributes, this one names the whole request.
      const quoter = await proxy(endpoint, (body, command) =>
        quoting.includes(command)
          ? { __type: 'com.amazon.coral.validate#ValidationException', message: body }
          : undefined,
      );
      const store = `dynamodb:${prefix}@${quoter.endpoint}`;
      const folder = temporaryFolder();
      const { outputs, secret, command } = await settle(folder, store);
      let token = '';

      await serving(outputs, 'json', ['--store', store, '--secret', secret], async (asked) => {
        await everyCall(outputs, asked);
        await everyCommand(outputs, command);
        token = await tokenBy(outputs, command);
        await everyApiCall(outputs, asked, token);
        for (const commands of [
          ['PutItem', 'UpdateItem', 'BatchWriteItem', 'TransactWriteItems'],
          ['BatchGetItem'],
        ]) {
          quoting = commands;
          await everyCall(new Failing(outputs), asked);
          await everyApiCall(new Failing(outputs), asked, token);
          await command(['accounts', 'show', 'owner']);
          await command(
            ['accounts', 'set-password', 'fresh', '--password-stdin'],
            `${secrets['password set by command']}\n`,
          );
        }
        quoting = [];
      });

      const kept = readFileSync(secret, 'utf8');
      const proof = outputs.mark('origin proof', 'Zk3vQ8xNpL5tR7wYcB2mHsJ4dGfA9uEe');
      const secretsManager = await startSecretsManager({ root: kept, proof });
      const child = fork(functions, {
        silent: true,
        env: {
          LJGATE_STORE: store,
          LJGATE_SECRET: 'secretsmanager:root',
          LJGATE_ORIGIN_PROOF: 'secretsmanager:proof',
          LJGATE_LOGIN_BAN: 'off',
          LJGATE_STAGE: 'test',
          LJGATE_API: 'same',
          AWS_ENDPOINT_URL_SECRETS_MANAGER: secretsManager.endpoint,
          AWS_REGION: 'us-east-1',
          AWS_ACCESS_KEY_ID: 'local',
          AWS_SECRET_ACCESS_KEY: outputs.mark('key of the role', 'local/Secret+Access-Key-of-1234'),
          AWS_SESSION_TOKEN: outputs.mark('token of the role', 'Session+Token/of-the-role-5678'),
          _X_AMZN_TRACE_ID: 'Root=1-5bef4de7-ad49b0e87f6ef6c87fc2e700;Sampled=1',
        },
      });
      const output = outputOf(child);
      try {
        await everyCall(outputs, onLambda(child));
        await everyEvent(outputs, child);
        await everyApiCall(outputs, onLambda(child), token);
        quoting = ['BatchGetItem', 'PutItem', 'UpdateItem'];
        await everyCall(new Failing(outputs), onLambda(child));
        await everyEvent(new Failing(outputs), child);
        await everyApiCall(new Failing(outputs), onLambda(child), token);
        quoting = [];
      } finally {
        child.kill();
        secretsManager.close();
      }
      expect(output().toString()).toMatch(/"_aws"[\s\S]*"audit":"keys add"|"audit":"keys add"[\s\S]*"_aws"/);
      outputs.add('log of the functions', output());
      outputs.add('secret file', readFileSync(secret));
      for (const [name, rows] of Object.entries(await tablesAt(endpoint, prefix)))
        outputs.add(`table ${name}`, rows);
      tally(task, 'secrets looked for', checkPlaces(outputs));
    },
  );
});
