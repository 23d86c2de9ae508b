/** Who is asking: what is counted, remembered and noted of it. */
import { expect, test } from 'vitest';
import type { Username } from '../../../core/accounts/username.ts';
import { createGateway } from '../../../core/protocol/gateway.ts';
import { defaultSettings } from '../../../core/protocol/gateway-settings.ts';
import { openSqliteInMemory } from '../../../infra/stores/sqlite/sqlite-store.ts';
import { challengeCall } from '../../support/invocation.ts';
import { testAccount, testPorts } from '../../support/ports.ts';
import { respond } from '../../support/wire.ts';

const username = 'test' as Username;
const context = { address: '192.0.2.1', cookie: undefined, ljAuth: undefined, agent: undefined };
const day = 24 * 3600;

test('a challenge counts as spent for a day past its time: another server’s clock may be behind', async () => {
  const store = openSqliteInMemory();
  const ports = testPorts(store);
  await ports.accounts.add(testAccount());
  const gateway = createGateway(ports, defaultSettings);
  const minted = await gateway.answer(challengeCall);
  if (!minted.ok || minted.value.method !== 'getchallenge') throw new Error('no challenge');
  const { challenge, expireTime } = minted.value.value;
  const args = new Map([
    ['auth_method', 'challenge'],
    ['auth_challenge', challenge],
    ['auth_response', respond(challenge, 'test')],
  ]);
  const answer = () => gateway.answer({ method: 'login', username, args, context });
  expect(await answer()).toMatchObject({ ok: true });
  await store.sweep((expireTime + day - 1) * 1000);
  expect(await answer()).toMatchObject({ ok: false, refusal: { code: 101 } });
});

test('a challenge that was minted before the machine was started anew is 105, and is looked up nowhere', async () => {
  const store = openSqliteInMemory();
  const spends: string[] = [];
  const inEpoch = (epoch: string) => {
    const spend = async (nonce: string) => {
      spends.push(nonce);
      return 'spent' as const;
    };
    return createGateway({ ...testPorts(store), spent: { epoch, spend } }, defaultSettings);
  };
  await store.accounts.add(testAccount());
  const minted = await inEpoch('epochone').answer(challengeCall);
  if (!minted.ok || minted.value.method !== 'getchallenge') throw new Error('no challenge');
  const { challenge } = minted.value.value;
  const args = new Map([
    ['auth_method', 'challenge'],
    ['auth_challenge', challenge],
    ['auth_response', respond(challenge, 'test')],
  ]);
  const answerIn = (epoch: string) => inEpoch(epoch).answer({ method: 'login', username, args, context });
  for (let i = 0; i < 10; i++) {
    expect(await answerIn('epochtwo')).toMatchObject({ ok: false, refusal: { code: 105 } });
  }
  expect(spends).toEqual([]);
  expect(await answerIn('epochone')).toMatchObject({ ok: true });
  expect(spends).toHaveLength(1);
});
