/**
 * What each function may do is what it does: its role in the template against the requests that it was
 * seen to send: in every method by every way of authentication, refused, banned and housekeeping ones
 * too; on every page and its forms; by both kinds of authorizer; in every verb of administration.
 */
import * as v from 'valibot';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import type { UserId } from '../../../../core/accounts/account.ts';
import { parseAccountLine } from '../../../../core/accounts/account-line.ts';
import { createAccount } from '../../../../core/accounts/create-account.ts';
import { scopes } from '../../../../core/auth/token.ts';
import { createGateway } from '../../../../core/protocol/gateway.ts';
import { defaultSettings } from '../../../../core/protocol/gateway-settings.ts';
import { operations } from '../../../../functions/api/operations.ts';
import { adminHandler } from '../../../../functions/runtime/lambda/admin-handler.ts';
import { apiHandler } from '../../../../functions/runtime/lambda/api-handler.ts';
import { authorizer } from '../../../../functions/runtime/lambda/authorizer-handler.ts';
import { lambdaHandler } from '../../../../functions/runtime/lambda/endpoint-handler.ts';
import type { Handler } from '../../../../functions/runtime/lambda/lambda-handler.ts';
import { webHandler } from '../../../../functions/runtime/lambda/web-handler.ts';
import { flatEndpoint } from '../../../../functions/wire/flat/flat-endpoint.ts';
import { xmlrpcEndpoint } from '../../../../functions/wire/xmlrpc/xmlrpc-endpoint.ts';
import { createPorts } from '../../../../infra/compose.ts';
import { type FunctionName, functionNames } from '../../../../infra/deploy/package/packaged-functions.ts';
import { nodePlatform } from '../../../../infra/node-platform.ts';
import { addToken } from '../../../../infra/operations/token-operations.ts';
import { verbs } from '../../../../infra/operations/verbs.ts';
import { createHasher } from '../../../../infra/passwords/argon2.ts';
import { parseKeyring } from '../../../../infra/secrets/keyring.ts';
import type { Variables } from '../../../../infra/settings-reader.ts';
import { openDynamodbAdministered } from '../../../../infra/stores/dynamodb/dynamodb-administration.ts';
import { openDynamodbPorts } from '../../../../infra/stores/dynamodb/dynamodb-ports.ts';
import { openDynamodb, openDynamodbStore } from '../../../../infra/stores/dynamodb/dynamodb-store.ts';
import { type SecretsManager, startSecretsManager } from '../../../support/packaged.ts';
import { openPages, type Page } from '../../../support/pages-client.ts';
import { named } from '../../../support/site.ts';
import { startDynalite, uniquePrefix } from '../../../support/stores.ts';
import { adminEvents } from '../../../support/test-events.ts';
import { callDocument, flatReply, respond, type WireReply, xmlrpcReply } from '../../../support/wire.ts';
import { proxy } from '../../stores/faulty-endpoints.ts';
import { type PackagedCopy, packageCopy, type Template } from './template.ts';

const secretText = JSON.stringify({ id: 'k1', secret: 'f9Rk2LmQx7ZbT4wYcN8sVhJ3pDgA6uEe5iKo1XyWqMz' });
const bcryptOfTest = '$2b$04$l2d8wt/NlFwj4J/uJobghuoW38lYkXmpGEDxRrxxp1Lyn4LgLhKXC';
const arnOf = (name: string) => `arn:aws:secretsmanager:us-east-1:123456789012:secret:${name}`;
const prefix = uniquePrefix();
const dynalite = await startDynalite();

// What a test arranges for itself goes past the proxies that watch a function.
const store = openDynamodb({ prefix, endpoint: dynalite });
const ports = createPorts(nodePlatform, store, parseKeyring(secretText), { remember: 0 });
const gateway = createGateway(ports, defaultSettings);

/** A session of an account whose password is `test`. */
async function session(username: string): Promise<string> {
  const answer = await gateway.answer({
    method: 'sessiongenerate',
    username: named(username),
    args: new Map([['password', 'test']]),
    context: { address: '192.0.2.1', agent: undefined, cookie: undefined, ljAuth: undefined },
  });
  if (!answer.ok || answer.value.method !== 'sessiongenerate') throw new Error(`no session of ${username}`);
  return answer.value.value.ljsession;
}

let copy: PackagedCopy;
let secrets: SecretsManager;

beforeAll(async () => {
  await store.prepare();
  const weak = createHasher(parseKeyring(secretText), { memoryCost: 1024 });
  const add = async (userid: number, json: Readonly<Record<string, unknown>>, hasher = ports.hasher) => {
    const parsed = parseAccountLine({ userid, ...json });
    if (!parsed.ok) throw new Error(parsed.reason);
    await store.accounts.add(await createAccount(parsed.line, { ...ports, hasher }, userid as UserId));
  };
  for (const [i, wire] of ['flat', 'xmlrpc'].entries()) {
    await add(10 * i + 1, { username: `${wire}_one`, password: 'test' });
    await add(10 * i + 2, { username: `${wire}_weak`, password: 'test' }, weak);
    await add(10 * i + 4, { username: `${wire}_bcrypt`, passwordBcrypt: bcryptOfTest });
    await add(10 * i + 3, {
      username: `${wire}_keys`,
      clientkeys: [{ name: 'a', secret: 'client-key-secret' }],
    });
  }
  for (const [i, username] of ['web_without', 'web_with', 'web_guest'].entries())
    await add(30 + i, { username, password: 'test' });
  secrets = await startSecretsManager({
    [arnOf('RootSecret')]: secretText,
    [arnOf('OriginSecret')]: 'proof',
  });
  vi.stubEnv('AWS_ENDPOINT_URL_SECRETS_MANAGER', secrets.endpoint);
  vi.stubEnv('AWS_ACCESS_KEY_ID', 'local');
  vi.stubEnv('AWS_SECRET_ACCESS_KEY', 'local');
  vi.stubEnv('AWS_REGION', 'us-east-1');
  copy = await packageCopy();
});
afterAll(async () => {
  vi.unstubAllEnvs();
  secrets?.close();
  await store.close();
  await copy?.[Symbol.asyncDispose]();
});

/** Arguments by their XML-RPC names. */
type Fields = Readonly<Record<string, string>>;

/** How a call is spelled on each wire. */
const wires = {
  flat: {
    openEndpoint: flatEndpoint,
    path: '/interface/flat',
    body: (mode: string, { username = '', ...fields }: Fields) =>
      new URLSearchParams({ mode, user: username, ...fields }).toString(),
    read: flatReply,
  },
  xmlrpc: {
    openEndpoint: xmlrpcEndpoint,
    path: '/interface/xmlrpc',
    body: (method: string, fields: Fields) => callDocument(`LJ.XMLRPC.${method}`, fields),
    read: xmlrpcReply,
  },
};

/** Makes every kind of call that an endpoint takes, and checks how each ends. */
async function useEndpoint(wire: keyof typeof wires, handler: Handler, guesser: string): Promise<void> {
  const { path, body, read } = wires[wire];
  const call = async (
    method: string,
    fields: Fields,
    cookie?: string,
    sourceIp = '192.0.2.1',
  ): Promise<WireReply> => {
    const event = {
      version: '2.0',
      rawPath: path,
      rawQueryString: '',
      headers: { 'content-type': 'text/xml', ...(cookie && { 'x-lj-auth': 'cookie' }) },
      ...(cookie && { cookies: [`ljsession=${cookie}`] }),
      requestContext: { http: { method: 'POST', path, sourceIp }, stage: '$default' },
      body: body(method, fields),
      isBase64Encoded: false,
    };
    return read((await handler(JSON.parse(JSON.stringify(event)))).body);
  };
  const works = async (...args: Parameters<typeof call>) => {
    const reply = await call(...args);
    if (!reply.ok) throw new Error(`${args[0]} was refused: ${reply.why}`);
    return reply;
  };
  const username = `${wire}_one`;
  const session = async () =>
    (await works('sessiongenerate', { username, password: 'test' })).value('ljsession') ?? '';
  const challenged = async (password: string) => {
    const challenge = (await works('getchallenge', {})).value('challenge') ?? '';
    return {
      auth_method: 'challenge',
      auth_challenge: challenge,
      auth_response: respond(challenge, password),
    };
  };

  for (const method of ['login', 'sessiongenerate', 'sessionexpire']) {
    await works(method, { username, password: 'test' });
    await works(method, { username, hpassword: '098f6bcd4621d373cade4e832627b4f6' });
    await works(method, { username, ...(await challenged('test')) });
    await works(method, { username, auth_method: 'cookie' }, await session());
  }
  const [, , id = ''] = (await session()).split(':');
  await works('sessionexpire', { username, password: 'test', expire: id, [`expire_id_${id}`]: '1' });
  await works('sessionexpire', { username, password: 'test', expireall: '1' });
  await works('login', { username: `${wire}_weak`, password: 'test' });
  await works('login', { username: `${wire}_bcrypt`, password: 'test' });
  await works('login', { username: `${wire}_keys`, password: 'client-key-secret' });

  await call('login', { username, ...(await challenged('wrong')) }, undefined, guesser);
  for (let i = 0; i < 6; i++) await call('login', { username, password: 'wrong' }, undefined, guesser);
  expect((await call('login', { username, password: 'test' }, undefined, guesser)).why).toContain('banned');
  await call('login', { username: 'nobody', password: 'x' });
}

/** What a function says in payload 2.0. */
const pageReply = v.object({
  statusCode: v.number(),
  body: v.string(),
  headers: v.optional(v.record(v.string(), v.string()), {}),
  cookies: v.optional(v.array(v.string()), []),
});

/** What a handler of pages answers, as a browser sees it. */
async function browse(handler: Handler, url: string, init: RequestInit, sourceIp: string): Promise<Response> {
  const request = new Request(url, init);
  const { pathname, search } = new URL(url);
  const event = {
    version: '2.0',
    rawPath: pathname,
    rawQueryString: search.slice(1),
    headers: Object.fromEntries(request.headers),
    cookies: request.headers.get('cookie')?.split('; ') ?? [],
    requestContext: { http: { method: request.method, path: pathname, sourceIp }, stage: '$default' },
    body: await request.text(),
    isBase64Encoded: false,
  };
  const { statusCode, body, headers, cookies } = v.parse(
    pageReply,
    await handler(JSON.parse(JSON.stringify(event))),
  );
  const all = Object.entries(headers);
  for (const cookie of cookies) all.push(['Set-Cookie', cookie]);
  return new Response(body, { status: statusCode, headers: all });
}

/** Goes through every page and sends every form. */
async function usePages(handler: Handler, edge: 'with' | 'without', guesser: string): Promise<void> {
  const username = `web_${edge}`;
  const fetch = (url: string, init: RequestInit = {}, address = '192.0.2.1') =>
    browse(handler, url, init, address);
  const [one, other, guest] = [openPages({ fetch }), openPages({ fetch }), openPages({ fetch })];
  const ends = async (shown: Promise<Page>, status: number) => expect((await shown).status).toBe(status);
  const signIn = (who = one, password = 'test') => ends(who.signIn({ username, password }), 303);

  await ends(one.get('/'), 200);
  await ends(one.get('/session'), 401);
  await signIn();
  await signIn(other);
  await ends(one.get('/session'), 200);
  await ends(one.send('/account', '/account/sessions/end', { which: 'others' }), 303);
  await ends(other.get('/account'), 303);
  await signIn(other);
  const id = other.jar.get('ljsession')?.split(':')[2] ?? '';
  await ends(one.send('/account', '/account/sessions/end', { id }), 303);
  await ends(one.send('/account/keys', '/account/keys', { name: 'laptop', password: 'test' }), 200);
  const { html } = await one.get('/account/keys');
  const key = /name="id" value="([^"]+)"/.exec(html)?.[1] ?? '';
  await ends(one.send('/account/keys', '/account/keys/revoke', { id: key }), 303);
  const passwords = { password: 'test', new: 'new password', again: 'new password' };
  await ends(one.send('/account/password', '/account/password', passwords), 303);
  await ends(one.send('/account', '/account/signout', {}), 303);
  await signIn(one, 'new password');
  await ends(one.send('/account', '/account/sessions/end', { which: 'all' }), 303);

  const guess = () => guest.signIn({ username: 'web_guest', password: 'wrong' }, { address: guesser });
  for (let i = 0; i < 6; i++) await guess();
  await ends(guess(), 429);
}

/** Does every operation of the interface for sites, and is refused in every way that writes something. */
async function useApi(handler: Handler, edge: Edge, address: string): Promise<void> {
  const operator = { store, clock: ports.clock, random: ports.random, unlock: async () => ports };
  const { token } = await addToken(operator, { name: `of ${edge}`, scopes });
  const used = new Set<string>();
  const ask = async (what: string, body?: object) => {
    const [method = '', path = ''] = what.split(' ');
    const headers = { Authorization: `Bearer ${token}`, 'Content-Type': 'application/json' };
    const sent = { method, headers, ...(body && { body: JSON.stringify(body) }) };
    const reply = await browse(handler, `https://lj.example/api/v1${path}`, sent, '10.0.0.1');
    expect(reply.ok, `${what}: ${reply.status}`).toBe(true);
    used.add(
      `${method} ${path
        .replace(/\?.*/, '')
        .replace(username, '{username}')
        .replace(/keys\/.*/, 'keys/{key}')}`,
    );
    return v.parse(v.looseObject({}), await reply.json());
  };
  const username = `api_${edge}`;
  const account = `/accounts/${username}`;
  await ask('GET /token');
  await ask('POST /accounts', { username, password: 'test' });
  await ask('GET /accounts');
  await ask(`GET ${account}`);
  await ask(`PATCH ${account}`, { fullname: 'Someone' });
  await ask(`PUT ${account}/challenge`, { on: true });
  await ask(`PUT ${account}/upstream-key`, { secret: 'k'.repeat(20) });
  const { id, secret } = await ask(`POST ${account}/keys`, { name: 'phone' });
  await ask(`GET ${account}/keys`);
  await ask('POST /verify', { username, address, password: secret });
  await ask('POST /verify', { username, address, ...(await apiChallenge('test')) });
  const { session } = await ask(`POST ${account}/sessions`, { address, password: 'test' });
  await ask(`POST ${account}/sessions`, { address });
  await ask('POST /sessions/check', { address, session });
  await ask(`GET ${account}/sessions`);
  await ask(`POST ${account}/sessions/expire`, { all: true });
  await ask(`DELETE ${account}/keys/${id}`);
  for (let i = 0; i < 6; i++) await ask('POST /verify', { username, address, password: `wrong ${i}` });
  await ask(`GET /bans?username=${username}`);
  await ask(`GET /bans?address=${address}`);
  await ask(`DELETE /bans?username=${username}`);
  await ask(`PUT ${account}/password`, { generate: true });
  await ask(`PUT ${account}/status`, { status: 'suspended' });
  await ask(`DELETE ${account}`);
  const all = Object.values(operations).map(({ method, path }) => `${method} ${path}`);
  expect([...used].toSorted()).toEqual(all.toSorted());
}

async function apiChallenge(password: string) {
  const context = { address: undefined, agent: undefined, cookie: undefined, ljAuth: undefined };
  const answer = await gateway.answer({ method: 'getchallenge', args: new Map(), context });
  if (!answer.ok || answer.value.method !== 'getchallenge') throw new Error('no challenge');
  const { challenge } = answer.value.value;
  return { challenge, response: respond(challenge, password) };
}

/** Asks both kinds of authorizer with a session that holds, and with one that does not. */
async function useAuthorizer(ask: ReturnType<typeof authorizer>): Promise<void> {
  const path = '/private';
  const http = { method: 'GET', path, sourceIp: '192.0.2.1' };
  for (const [value, holds] of [
    [await session('web_guest'), true],
    ['ws:web_guest:1:no', false],
  ]) {
    const cookie = `ljsession=${value}`;
    const simple = { version: '2.0', cookies: [cookie], headers: {}, requestContext: { http } };
    expect(await ask(simple)).toMatchObject({ isAuthorized: holds });
    const policy = {
      type: 'REQUEST',
      methodArn: 'arn:aws:execute-api:us-east-1:123456789012:abc123/prod/GET/private',
      headers: { Cookie: cookie },
      requestContext: { identity: { sourceIp: '192.0.2.1' } },
    };
    expect(await ask(policy)).toMatchObject({ principalId: holds ? 'web_guest' : 'nobody' });
  }
}

/** Invokes every verb, most as the console's test events have them. */
async function useVerbs(handle: ReturnType<typeof adminHandler>): Promise<void> {
  const used = new Set<string>();
  const invoke = async (event: { readonly verb: string }) => {
    const answer = await handle(event, { awsRequestId: 'test' });
    if (!answer.ok) throw new Error(`${event.verb}: ${answer.error}`);
    used.add(event.verb);
  };
  const test = { username: 'test', password: 'test' };
  await invoke({ verb: 'accounts add', ...test });
  const [, , id = ''] = (await session('test')).split(':');
  await invoke({ verb: 'sessions expire', ...{ username: 'test', ids: [Number(id)] } });
  await session('test');
  const rest = [...adminEvents].filter(([name]) => !['accounts-add', 'sessions-expire'].includes(name));
  for (const [, event] of rest) await invoke(event);
  for (const onConflict of ['skip', 'update'])
    await invoke({ verb: 'import', ...{ lines: [test], onConflict } });
  await session('test');
  await invoke({ verb: 'accounts remove', ...{ username: 'test' } });
  expect([...used].toSorted()).toEqual(Object.keys(verbs).toSorted());
}

/** `ACTION RESOURCE` for each request, the resource by its name in the template. */
function seen(command: string, request: string): readonly string[] {
  const body: { readonly TableName?: string; readonly RequestItems?: object } = JSON.parse(request);
  const names: Readonly<Record<string, string>> = {
    [`${prefix}-users`]: 'UsersTable',
    [`${prefix}-sessions`]: 'SessionsTable',
  };
  const tables = body.TableName === undefined ? Object.keys(body.RequestItems ?? {}) : [body.TableName];
  return tables.map((table) => `dynamodb:${command} ${names[table]}`);
}

/** A policy's statement, or `Fn::If` and two of them. */
const statement = v.record(v.string(), v.any());

/** As much of a role as a template must have. */
const role = v.object({
  ManagedPolicyArns: v.optional(v.never()),
  Policies: v.array(v.object({ PolicyDocument: v.object({ Statement: v.array(statement) }) })),
});

/** `ACTION RESOURCE` for each that a function's role allows. */
function allowed(template: Template, functionName: string): readonly string[] {
  const { Role } = template.Resources[functionName]?.Properties ?? {};
  const { Policies } = v.parse(role, template.Resources[resourceIn(Role)]?.Properties);
  return Policies.flatMap(({ PolicyDocument }) => PolicyDocument.Statement)
    .flatMap((one) => chosen(one, template))
    .flatMap(({ Action, Resource }) => [Action].flat().map((action) => `${action} ${resourceIn(Resource)}`));
}

/** The statement itself, or what its condition makes of it. */
function chosen(one: v.InferOutput<typeof statement>, { Conditions = {} }: Template) {
  if (!('Fn::If' in one)) return [one];
  const [name, holding, otherwise] = v.parse(v.tuple([v.string(), statement, statement]), one['Fn::If']);
  const equals = v.object({ 'Fn::Equals': v.tuple([v.string(), v.string()]) });
  const [left, right] = v.parse(equals, Conditions[name])['Fn::Equals'];
  const choice = left === right ? holding : otherwise;
  return choice['Ref'] === 'AWS::NoValue' ? [] : [choice];
}

/** The resource that `Ref` or `Fn::GetAtt` names; anything else is shown as it is. */
function resourceIn(value: unknown): string {
  const reference = v.union([
    v.pipe(
      v.object({ Ref: v.string() }),
      v.transform(({ Ref }) => Ref),
    ),
    v.pipe(
      v.object({ 'Fn::GetAtt': v.tuple([v.string(), v.string()]) }),
      v.transform((got) => got['Fn::GetAtt'][0]),
    ),
  ]);
  const result = v.safeParse(reference, value);
  return result.success ? result.output : JSON.stringify(value);
}

type Edge = 'without' | 'with';

/** How each function is used: with these variables, in a template with or without an edge. */
const uses: Readonly<
  Record<FunctionName, (variables: Variables, edge: Edge, guesser: string) => Promise<void>>
> = {
  flat: (variables, _, guesser) =>
    useEndpoint('flat', lambdaHandler(flatEndpoint, openDynamodbPorts, variables), guesser),
  xmlrpc: (variables, _, guesser) =>
    useEndpoint('xmlrpc', lambdaHandler(xmlrpcEndpoint, openDynamodbPorts, variables), guesser),
  web: (variables, edge, guesser) => usePages(webHandler(openDynamodbAdministered, variables), edge, guesser),
  api: (variables, edge, guesser) =>
    useApi(apiHandler(openDynamodbAdministered, { ...variables, LJGATE_API: 'same' }), edge, guesser),
  authorizer: (variables) => useAuthorizer(authorizer(openDynamodbPorts, variables)),
  admin: (variables) => useVerbs(adminHandler(openDynamodbStore, variables, () => {})),
};

/** What dynalite does not know, as far as it is asked. */
const unknown: Readonly<Record<string, object>> = {
  DescribeContinuousBackups: {
    ContinuousBackupsDescription: {
      ContinuousBackupsStatus: 'ENABLED',
      PointInTimeRecoveryDescription: { PointInTimeRecoveryStatus: 'ENABLED' },
    },
  },
};

describe.each(['without', 'with'] as const)('%s an edge', (edge) => {
  test.each(functionNames)('%s may do what it does, and nothing else', async (name) => {
    const found = new Set<string>();
    const { endpoint } = await proxy(dynalite, (body, command) => {
      for (const one of seen(command, body)) found.add(one);
      return unknown[command];
    });
    const answer = secrets.answer;
    secrets.answer = (id) => {
      found.add(`secretsmanager:GetSecretValue ${id.split(':').at(-1)}`);
      return answer(id);
    };
    // As in the cloud, where no address is named: some questions are not put to an emulator.
    vi.stubEnv('AWS_ENDPOINT_URL_DYNAMODB', endpoint);
    const variables = {
      LJGATE_STORE: `dynamodb:${prefix}`,
      LJGATE_SECRET: `secretsmanager:${arnOf('RootSecret')}`,
      ...(edge === 'with' && { LJGATE_ORIGIN_PROOF: `secretsmanager:${arnOf('OriginSecret')}` }),
    };
    // A ban outlasts the test: each has an address of its own to be banned.
    await uses[name](variables, edge, edge === 'with' ? '192.0.2.3' : '192.0.2.2');
    secrets.answer = answer;

    // The runtime writes the log, not the function's own code.
    const title = name.replace(/^./, (first) => first.toUpperCase());
    const logs = [`logs:CreateLogStream ${title}LogGroup`, `logs:PutLogEvents ${title}LogGroup`];
    const template = await copy.synthesize(`--param=edge=${edge === 'with' ? 'on' : 'off'}`);
    expect([...found, ...logs].toSorted()).toEqual(allowed(template, `${title}LambdaFunction`).toSorted());
  });
});
