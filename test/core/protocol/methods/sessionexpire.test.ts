import { expect, test } from 'vitest';
import type { Username } from '../../../../core/accounts/username.ts';
import { defaultSettings } from '../../../../core/protocol/gateway-settings.ts';
import { sessionexpire } from '../../../../core/protocol/methods/sessionexpire.ts';
import { Octets, type Value } from '../../../../core/protocol/values.ts';
import { rowLifetime, type Session } from '../../../../core/sessions/session.ts';
import { pickSessionId } from '../../../../core/sessions/session-id.ts';
import type { SessionId } from '../../../../core/sessions/session-string.ts';
import { invocationOf } from '../../../support/invocation.ts';
import { testAccount, testPorts, testRandom } from '../../../support/ports.ts';

const owner = 'test' as Username;
const ports = testPorts();
const now = ports.clock.now() / 1000;
const random = testRandom();
const [a, b, gone] = [0, 1, 2].map(() => pickSessionId(random, now)) as [SessionId, SessionId, SessionId];

/** What a call asks of a store that has the sessions `a` and `b`. */
async function asked(args: Record<string, Value>): Promise<unknown[]> {
  const asked: unknown[] = [];
  const sessions = {
    ...ports.sessions,
    expire: async (...request: readonly unknown[]) => void asked.push(request),
  };
  const accounts = { ...ports.accounts, endSessions: async (name: Username) => void asked.push(name) };
  const wanted = sessionexpire.sessions?.(new Map(Object.entries(args)), now) ?? [];
  const there = new Map([a, b].filter((id) => wanted.includes(id)).map((id) => [id, sessionOf(id)]));
  const all = { ...ports, sessions, accounts };
  const used = { kind: 'password' } as const;
  await sessionexpire.run(invocationOf(all, testAccount(), args, defaultSettings, '', used, there));
  return asked;
}

const expired = (...ids: readonly number[]) => [[owner, ids, now + rowLifetime]];

function sessionOf(id: SessionId): Session {
  const times = { created: now, expires: now + 60 };
  return { owner, id, digest: 'd', generation: 0, term: 'short', ...times };
}

test.each<[string, Record<string, Value>, unknown[]]>([
  ['nothing named', {}, []],
  ['an empty list', { expire: [] }, []],
  ['a list', { expire: [`${a}`, `s${b}`] }, expired(a, b)],
  ['a lone scalar', { expire: `${a}` }, expired(a)],
  ['bytes that are text', { expire: [new Octets(new Uint8Array(), `${a}`, 'binary')] }, expired(a)],
  ['an id named twice', { expire: [`${a}`, ` ${a}`, `s${a}`] }, expired(a)],
  ['an id among rubbish', { expire: ['', 'x', '-1', ['1'], new Map(), `${b}`] }, expired(b)],
  ['an id of no session costs no write', { expire: [`${gone}`] }, []],
  ['an id of no session beside one that is', { expire: [`${gone}`, `${a}`] }, expired(a)],
  ['ids that cannot be alive cost no write', { expire: ['1', '124', '999999999'] }, []],
  ['expireall', { expireall: '1' }, [owner]],
  ['expireall beside a list', { expireall: 'yes', expire: [`${a}`] }, [owner]],
  ['expireall that is not true', { expireall: '0', expire: [`${a}`] }, expired(a)],
])('%s', async (_, args, requests) => {
  expect(await asked(args)).toEqual(requests);
});

const old = (now - 100 * 24 * 3600) as SessionId;

test.each<[string, Record<string, Value>, readonly number[]]>([
  ['of all sessions', { expireall: '1', expire: [`${a}`] }, []],
  ['of none', {}, []],
  ['of some, each once', { expire: [`${a}`, `${b}`, `${a}`, 'rubbish', new Map()] }, [a, b]],
  ['of one whose time is long past', { expire: [`${old % 2 ** 30}`, `${a}`] }, [a]],
])('a call to end sessions reads those that it names and that may be alive: %s', (_, args, read) => {
  expect(sessionexpire.sessions?.(new Map(Object.entries(args)), now)).toEqual(read);
});
