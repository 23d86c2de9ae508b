/** The site behind, guarded by a gateway that hostile clients call, and a gateway before a hostile site. */
import net from 'node:net';
import type { JSONWebKeySet } from 'jose';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { md5Hex } from '../../core/auth/digest.ts';
import { isMethod } from '../../core/protocol/methods/table.ts';
import { type ProbedLjgate, startProbedLjgate } from '../support/server.ts';
import { exchange } from '../support/socket.ts';
import { tally } from '../support/tally.ts';
import { startUpstreamSite, type UpstreamSite } from '../support/upstream-site.ts';
import { flatReply, respond } from '../support/wire.ts';
import { type Family, families, type HostileRequest, readFamily } from './corpus.ts';
import { socketTransport } from './transports.ts';

let site: UpstreamSite;
let server: ProbedLjgate;

beforeAll(async () => {
  const keys = async (): Promise<JSONWebKeySet> => {
    const reply = await fetch(new URL('/.well-known/jwks.json', server.url));
    return (await reply.json()) as JSONWebKeySet;
  };
  site = await startUpstreamSite({ way: 'assertion', keys });
  const open = ['--demo', '--store', 'memory', '--login-ban', 'off', '--session-rate', 'off'];
  server = await startProbedLjgate(...open, '--upstream', site.url.href);
});
afterAll(async () => {
  await server.stop();
  await site.stop();
});

const flat = async (
  fields: Readonly<Record<string, string>>,
  headers: Readonly<Record<string, string>> = {},
) => {
  const body = new URLSearchParams(fields);
  const reply = await fetch(new URL('/interface/flat', server.url), { method: 'POST', body, headers });
  return reply.text();
};

const known = { user: 'test', password: 'test' };

/** The same, as a call for the site where it was one of log-in. */
function forTheSite(request: HostileRequest): HostileRequest {
  const text = Buffer.from(request.body).toString('latin1');
  const body = text.replace('mode=login', 'mode=getevents').replace('LJ.XMLRPC.login', 'LJ.XMLRPC.getevents');
  return { ...request, body: Buffer.from(body, 'latin1') };
}

describe.each(Object.keys(families) as Family[])('hostile inputs of %s, fed to a relay', (family) => {
  test.for(readFamily(family))(
    '$name: the site sees only well-formed calls of callers who are let in',
    async (file, { task }) => {
      const transport = socketTransport(server.url);
      let fed = 0;
      for (const request of file.requests()) {
        for (const sent of [request, forTheSite(request)]) {
          const reply = await transport(sent);
          expect([200, 400, 403, 404, 405, 413, 415, 431, 501]).toContain(reply.status);
          fed++;
        }
      }
      expect(site.faults).toEqual([]);
      for (const { method, account } of site.received.splice(0)) {
        expect(isMethod(method)).toBe(false);
        expect(account).toMatch(/^(?:test|demo_\w+)$/);
      }
      tally(task, 'hostile inputs', fed);
    },
  );
});

test('no credential is in anything that the site received', async () => {
  site.received.length = 0;
  const password = 'test';
  const challenge = flatReply(await flat({ mode: 'getchallenge' })).value('challenge') ?? '';
  const session = flatReply(await flat({ mode: 'sessiongenerate', ...known })).value('ljsession') ?? '';
  const response = respond(challenge, password);
  const marked = { mode: 'syncitems', ver: '1' };
  await flat({ ...marked, user: 'test', password });
  await flat({ ...marked, user: 'test', hpassword: md5Hex(password) });
  await flat({
    ...marked,
    user: 'test',
    auth_method: 'challenge',
    auth_challenge: challenge,
    auth_response: response,
  });
  const cookie = {
    Cookie: `ljsession=${session}; other=1`,
    'X-LJ-Auth': 'cookie',
    Authorization: 'Basic Zm9v',
  };
  await flat({ ...marked, user: 'test', auth_method: 'cookie' }, cookie);
  await flat({ ...marked, user: 'demo_clientkey', password: 'demo-client-key-laptop' });
  expect(site.received).toHaveLength(5);
  const secrets = [
    ...[`password=${password}`, md5Hex(password), challenge, response, session, session.split(':')[3] ?? ''],
    ...['demo-client-key-laptop', md5Hex('demo-client-key-laptop'), 'Zm9v', 'auth_'],
  ];
  for (const { headers, body } of site.received.splice(0)) {
    const all = JSON.stringify(headers) + body.toString('latin1');
    for (const secret of secrets) expect(all).not.toContain(secret);
  }
});

test('a relayed reply reaches a client that ends its header lines with bare LF, byte for byte', async () => {
  const ask = async (body: string, end: string) => {
    const head = [`POST /interface/flat HTTP/1.0`, 'Host: x', `Content-Length: ${body.length}`, '', ''].join(
      end,
    );
    return exchange(server.url, head + body);
  };
  const call = 'mode=syncitems&user=test&password=test&ver=1';
  const [usual, bare] = [await ask(call, '\r\n'), await ask(call, '\n')];
  expect(usual.text).toContain('success\nOK\n');
  expect(bare.text).toBe(usual.text);
  const large = await ask(`${call}&event=${'x'.repeat(300_000)}`, '\n');
  expect(large.status).toBe(413);
});

test('connections over the cap are closed as they come', async () => {
  const own = await startProbedLjgate('--demo', '--store', 'memory', '--max-connections', '5');
  onTestFinished(() => void own.stop());
  const sockets = Array.from({ length: 9 }, () => net.connect(Number(own.url.port), '127.0.0.1'));
  onTestFinished(() => sockets.forEach((socket) => void socket.destroy()));
  let closed = 0;
  for (const socket of sockets) {
    socket.on('error', () => {});
    socket.on('close', () => closed++);
  }
  await expect.poll(() => closed).toBe(4);
});
