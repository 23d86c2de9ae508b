import { expect, test } from 'vitest';
import { sessionexpire } from '../../../core/methods/sessionexpire.ts';
import { pickSessionId, rowLifetime } from '../../../core/session.ts';
import type { Username } from '../../../core/username.ts';
import { Octets, type Value } from '../../../core/values.ts';
import { testPorts, testRandom } from '../../support/ports.ts';

const owner = 'test' as Username;
const ports = testPorts();
const now = ports.clock.now() / 1000;
const random = testRandom();
const [a, b] = [pickSessionId(random, now), pickSessionId(random, now)];

/** What a call asks of the store. */
async function asked(args: Record<string, Value>): Promise<unknown[]> {
  const asked: unknown[] = [];
  const sessions = {
    ...ports.sessions,
    expire: async (...request: readonly unknown[]) => void asked.push(request),
  };
  const accounts = { ...ports.accounts, endSessions: async (name: Username) => void asked.push(name) };
  await sessionexpire({ ...ports, sessions, accounts }, owner, new Map(Object.entries(args)));
  return asked;
}

const expired = (...ids: readonly number[]) => [[owner, ids, now + rowLifetime]];

test.each<[string, Record<string, Value>, unknown[]]>([
  ['nothing named', {}, []],
  ['an empty list', { expire: [] }, []],
  ['a list', { expire: [`${a}`, `s${b}`] }, expired(a, b)],
  ['a lone scalar', { expire: `${a}` }, expired(a)],
  ['bytes that are text', { expire: [new Octets(new Uint8Array(), `${a}`, 'binary')] }, expired(a)],
  ['an id named twice', { expire: [`${a}`, ` ${a}`, `s${a}`] }, expired(a)],
  ['an id among rubbish', { expire: ['', 'x', '-1', ['1'], new Map(), `${b}`] }, expired(b)],
  ['ids that cannot be alive cost no write', { expire: ['1', '124', '999999999'] }, []],
  ['expireall', { expireall: '1' }, [owner]],
  ['expireall beside a list', { expireall: 'yes', expire: [`${a}`] }, [owner]],
  ['expireall that is not true', { expireall: '0', expire: [`${a}`] }, expired(a)],
])('%s', async (_, args, requests) => {
  expect(await asked(args)).toEqual(requests);
});
