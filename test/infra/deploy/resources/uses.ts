/**
 * Everything that the functions are for, done once: calls in every method by every way of authentication, refused and
 * banned ones too; every page and its forms; every operation of the interface for sites; both kinds of authorizer;
 * every verb of administration.
 */
import * as v from 'valibot';
import { expect } from 'vitest';
import { scopes } from '../../../../core/auth/token.ts';
import type { createGateway } from '../../../../core/protocol/gateway.ts';
import { operations } from '../../../../functions/api/operations.ts';
import type { createPorts } from '../../../../infra/compose.ts';
import { addToken } from '../../../../infra/operations/token-operations.ts';
import { verbs } from '../../../../infra/operations/verbs.ts';
import type { openDynamodb } from '../../../../infra/stores/dynamodb/dynamodb-store.ts';
import { openPages, type Page } from '../../../support/pages-client.ts';
import { named } from '../../../support/site.ts';
import { adminEvents } from '../../../support/test-events.ts';
import { callDocument, flatReply, respond, type WireReply, xmlrpcReply } from '../../../support/wire.ts';

/** Sends a request from an address. */
export type Fetch = (url: string, init: RequestInit, address: string) => Promise<Response>;

/** Invokes a function. */
export type Ask = (event: object) => Promise<unknown>;

/** Where well-behaved calls come from, and where those of somebody who is banned for guessing. */
export interface Addresses {
  readonly home: string;
  readonly guesser: string;
}

/** What a test arranges for itself, past the functions. */
export interface UsedSite {
  readonly store: ReturnType<typeof openDynamodb>;
  readonly ports: ReturnType<typeof createPorts>;
  readonly gateway: ReturnType<typeof createGateway>;
}

const verbAnswer = v.looseObject({ ok: v.boolean(), error: v.optional(v.string()) });

/** A session of an account whose password is `test`. */
async function session({ gateway }: UsedSite, username: string): Promise<string> {
  const answer = await gateway.answer({
    method: 'sessiongenerate',
    username: named(username),
    args: new Map([['password', 'test']]),
    context: { address: '192.0.2.1', agent: undefined, cookie: undefined, ljAuth: undefined },
  });
  if (!answer.ok || answer.value.method !== 'sessiongenerate') throw new Error(`no session of ${username}`);
  return answer.value.value.ljsession;
}

/** Arguments by their XML-RPC names. */
type Fields = Readonly<Record<string, string>>;

/** How a call is spelled on each wire. */
const wires = {
  flat: {
    path: '/interface/flat',
    body: (mode: string, { username = '', ...fields }: Fields) =>
      new URLSearchParams({ mode, user: username, ...fields }).toString(),
    read: flatReply,
  },
  xmlrpc: {
    path: '/interface/xmlrpc',
    body: (method: string, fields: Fields) => callDocument(`LJ.XMLRPC.${method}`, fields),
    read: xmlrpcReply,
  },
};

/** Makes every kind of call that an endpoint takes, and checks how each ends. */
export async function useEndpoint(
  wire: keyof typeof wires,
  fetch: Fetch,
  addresses: Addresses,
): Promise<void> {
  const { path, body, read } = wires[wire];
  const { home, guesser } = addresses;
  const call = async (
    method: string,
    fields: Fields,
    cookie?: string,
    address = home,
  ): Promise<WireReply> => {
    const headers = {
      'Content-Type': 'text/xml',
      ...(cookie && { 'X-LJ-Auth': 'cookie', Cookie: `ljsession=${cookie}` }),
    };
    const sent = { method: 'POST', headers, body: body(method, fields) };
    const reply = await fetch(`https://lj.example${path}`, sent, address);
    return read(await reply.text());
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

/** Goes through every page and sends every form. */
export async function usePages(send: Fetch, username: string, addresses: Addresses): Promise<void> {
  const { home, guesser } = addresses;
  const fetch = (url: string, init: RequestInit = {}, address = home) => send(url, init, address);
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
export async function useApi(
  fetch: Fetch,
  site: UsedSite,
  name: string,
  addresses: Addresses,
): Promise<void> {
  const { ports } = site;
  const { home, guesser: address } = addresses;
  const operator = { store: site.store, clock: ports.clock, random: ports.random, unlock: async () => ports };
  const { token } = await addToken(operator, { name, scopes });
  const used = new Set<string>();
  const ask = async (what: string, body?: object) => {
    const [method = '', path = ''] = what.split(' ');
    const headers = { Authorization: `Bearer ${token}`, 'Content-Type': 'application/json' };
    const sent = { method, headers, ...(body && { body: JSON.stringify(body) }) };
    const reply = await fetch(`https://lj.example/api/v1${path}`, sent, home);
    expect(reply.ok, `${what}: ${reply.status}`).toBe(true);
    used.add(
      `${method} ${path
        .replace(/\?.*/, '')
        .replace(username, '{username}')
        .replace(/keys\/.*/, 'keys/{key}')}`,
    );
    return v.parse(v.looseObject({}), await reply.json());
  };
  const username = name;
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
  await ask('POST /verify', { username, address, ...(await apiChallenge(site, 'test')) });
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

async function apiChallenge({ gateway }: UsedSite, password: string) {
  const context = { address: undefined, agent: undefined, cookie: undefined, ljAuth: undefined };
  const answer = await gateway.answer({ method: 'getchallenge', args: new Map(), context });
  if (!answer.ok || answer.value.method !== 'getchallenge') throw new Error('no challenge');
  const { challenge } = answer.value.value;
  return { challenge, response: respond(challenge, password) };
}

/** Asks both kinds of authorizer with a session that holds, and with one that does not. */
export async function useAuthorizer(ask: Ask, site: UsedSite): Promise<void> {
  const path = '/private';
  const http = { method: 'GET', path, sourceIp: '192.0.2.1' };
  for (const [value, holds] of [
    [await session(site, 'web_guest'), true],
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
export async function useVerbs(handle: Ask, site: UsedSite): Promise<void> {
  const used = new Set<string>();
  const invoke = async (event: { readonly verb: string }) => {
    const answer = v.parse(verbAnswer, await handle(event));
    if (!answer.ok) throw new Error(`${event.verb}: ${answer.error}`);
    used.add(event.verb);
  };
  const test = { username: 'test', password: 'test' };
  await invoke({ verb: 'accounts add', ...test });
  const [, , id = ''] = (await session(site, 'test')).split(':');
  await invoke({ verb: 'sessions expire', ...{ username: 'test', ids: [Number(id)] } });
  await session(site, 'test');
  const rest = [...adminEvents].filter(([name]) => !['accounts-add', 'sessions-expire'].includes(name));
  for (const [, event] of rest) await invoke(event);
  for (const onConflict of ['skip', 'update'])
    await invoke({ verb: 'import', ...{ lines: [test], onConflict } });
  await session(site, 'test');
  await invoke({ verb: 'accounts remove', ...{ username: 'test' } });
  expect([...used].toSorted()).toEqual(Object.keys(verbs).toSorted());
}
