import { expect, test } from 'vitest';
import type { ClientKey, ClientKeyId } from '../../../../core/accounts/account.ts';
import type { Network } from '../../../../core/auth/network.ts';
import type { SecretUsed } from '../../../../core/auth/verification.ts';
import { defaultSettings } from '../../../../core/protocol/gateway-settings.ts';
import { sessiongenerate } from '../../../../core/protocol/methods/sessiongenerate.ts';
import type { Value } from '../../../../core/protocol/values.ts';
import type { Session } from '../../../../core/sessions/session.ts';
import { authDigest, parseSession, sessionIdOf } from '../../../../core/sessions/session-string.ts';
import { invocationOf } from '../../../support/invocation.ts';
import { testAccount, testPorts } from '../../../support/ports.ts';

const account = testAccount({ generation: 7 });

/** Makes a session at the third attempt; gives its text read back, and what the store was asked to keep. */
async function make(args: Record<string, Value> = {}, agent?: string, used?: SecretUsed) {
  const ports = testPorts();
  const kept: Session[] = [];
  const add = async (session: Session) => (kept.push(session) < 3 ? 'taken' : 'added');
  const sessions = { ...ports.sessions, add };
  const invocation = invocationOf({ ...ports, sessions }, account, args, defaultSettings, agent, used);
  const { ljsession } = await sessiongenerate.run(invocation);
  return { claim: parseSession(ljsession), kept, now: ports.clock.now() / 1000 };
}

test('the record says whose, which, since when and until when, and holds no AUTH part', async () => {
  const { claim, kept, now } = await make();
  expect(kept.at(-1)).toEqual({
    owner: 'test',
    id: claim?.id,
    digest: authDigest(claim?.auth ?? ''),
    generation: 7,
    term: 'short',
    created: now,
    expires: now + 24 * 3600,
    via: { by: 'password', at: now },
  });
});

test('another id is tried while ids are taken', async () => {
  const { kept } = await make();
  expect(new Set(kept.map(({ id }) => id)).size).toBe(3);
});

test.each<[Record<string, Value>, object]>([
  [{ expiration: 'long' }, { term: 'long' }],
  [{ ipfixed: '1' }, { network: '192.0.2.1' }],
  [{ bindtoip: 'yes' }, { network: '192.0.2.1' }],
])('%o is on the record as %o', async (args, expected) => {
  expect((await make(args)).kept[0]).toMatchObject(expected);
});

const parent: Session = {
  owner: account.username,
  id: sessionIdOf(7),
  digest: 'd',
  generation: 7,
  term: 'short',
  created: 1,
  expires: 2_000_000_000,
};

test('a client key is on the record of what it made', async () => {
  const key: ClientKey = { id: 'k' as ClientKeyId, name: 'n', digest: 'd', sealed: 's', created: 1 };
  const { kept } = await make({}, undefined, { kind: 'clientKey', key });
  expect(kept[0]?.via).toEqual({ by: 'clientKey', key: 'k' });
});

test.each<[string, Partial<Session>, Partial<Session>]>([
  [
    'its key',
    { via: { by: 'clientKey', key: 'k' as ClientKeyId } },
    { via: { by: 'clientKey', key: 'k' as ClientKeyId } },
  ],
  ['when its password was given', { via: { by: 'password', at: 5 } }, { via: { by: 'password', at: 5 } }],
  ['its address', { network: '198.51.100.7' as Network }, { network: '198.51.100.7' as Network }],
])('a session made by another one inherits %s', async (_, from, inherits) => {
  const session = { ...parent, ...from };
  expect((await make({}, undefined, { kind: 'session', session })).kept[0]).toMatchObject(inherits);
});

test('a session made by a session of unknown origin has an unknown origin, too', async () => {
  const { kept } = await make({}, undefined, { kind: 'session', session: parent });
  expect(kept[0]).not.toHaveProperty('via');
});

test('a session made by another one ends no later than that', async () => {
  const { now } = await make();
  const until = async (expires: number) => {
    const session = { ...parent, expires };
    return (await make({ expiration: 'long' }, undefined, { kind: 'session', session })).kept[0]?.expires;
  };
  expect(await until(now + 60)).toBe(now + 60);
  expect(await until(now + 31 * 24 * 3600)).toBe(now + 30 * 24 * 3600);
});

test('the caller is noted by the name it gives itself, not at any length', async () => {
  expect((await make({}, 'curl/8')).kept[0]?.agent).toBe('curl/8');
  expect((await make({}, 'x'.repeat(9999))).kept[0]?.agent).toHaveLength(200);
});
