import { expect, test } from 'vitest';
import { sessiongenerate } from '../../../core/methods/sessiongenerate.ts';
import { authDigest, parseSession, type Session } from '../../../core/session.ts';
import type { Value } from '../../../core/values.ts';
import { testAccount, testPorts } from '../../support/ports.ts';

const account = testAccount({ generation: 7 });

/** Makes a session at the third attempt; gives its text read back, and what the store was asked to keep. */
async function make(args: Record<string, Value> = {}, agent?: string) {
  const ports = testPorts();
  const kept: Session[] = [];
  const add = async (session: Session) => (kept.push(session) < 3 ? 'taken' : 'added');
  const sessions = { ...ports.sessions, add };
  const context = { address: '192.0.2.1', cookie: undefined, ljAuth: undefined, agent };
  const { ljsession } = await sessiongenerate(
    { ...ports, sessions },
    account,
    new Map(Object.entries(args)),
    context,
  );
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

test('the caller is noted by the name it gives itself, not at any length', async () => {
  expect((await make({}, 'curl/8')).kept[0]?.agent).toBe('curl/8');
  expect((await make({}, 'x'.repeat(9999))).kept[0]?.agent).toHaveLength(200);
});
