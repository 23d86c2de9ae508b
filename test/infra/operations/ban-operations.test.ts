/** Login bans for operators. */
import { describe, expect, test } from 'vitest';
import type { AccountCall } from '../../../core/protocol/call.ts';
import { createGateway } from '../../../core/protocol/gateway.ts';
import { defaultSettings } from '../../../core/protocol/gateway-settings.ts';
import { liftBans, listBans } from '../../../infra/operations/ban-operations.ts';
import { OperationRefused } from '../../../infra/operations/operator-context.ts';
import { testAccount, testPorts } from '../../support/ports.ts';
import { named } from '../../support/site.ts';
import { testOperator } from './test-operator.ts';

/** An operator, and a gateway over the same store: the account `test` has the password `test`. */
async function site() {
  const operator = testOperator();
  const ports = { ...testPorts(), ...operator.store, clock: operator.clock };
  await operator.store.accounts.add(testAccount());
  const gateway = createGateway(ports, defaultSettings);
  const login = async (password: string, address: string) => {
    const call: AccountCall = {
      method: 'login',
      username: named('test'),
      args: new Map([['password', password]]),
      context: { address, agent: undefined, cookie: undefined, ljAuth: undefined },
    };
    const answer = await gateway.answer(call);
    return answer.ok ? 'ok' : answer.refusal.code;
  };
  return { operator, login };
}

describe('bans', () => {
  test('are listed by account, and by address, with what is no ban yet', async () => {
    const { operator, login } = await site();
    for (let i = 0; i < 5; i++) await login('wrong', '192.0.2.7');
    await login('wrong', '2001:db8::1');
    const ofAccount = await listBans(operator, { username: named('test') });
    expect(ofAccount).toMatchObject([
      { account: 'test', network: '192.0.2.7', refusals: 5, banned: true },
      { account: 'test', network: '2001:db8:0:0::/64', refusals: 1, banned: false },
    ]);
    expect(await listBans(operator, { address: '::ffff:192.0.2.7' })).toMatchObject([
      { account: 'test', banned: true },
      { account: null, network: '192.0.2.7', refusals: 5, banned: false },
    ]);
    expect(await listBans(operator, { username: named('test'), address: '2001:db8::2' })).toHaveLength(1);
    expect(await listBans(operator, { username: named('other') })).toEqual([]);
  });

  test('that were lifted let the right password in at once', async () => {
    const { operator, login } = await site();
    for (let i = 0; i < 5; i++) await login('wrong', '192.0.2.7');
    expect(await login('test', '192.0.2.7')).toBe(402);
    expect(await liftBans(operator, { username: named('test') })).toEqual({
      username: 'test',
      address: null,
      lifted: 1,
    });
    expect(await login('test', '192.0.2.7')).toBe('ok');
  });

  test.each([{}, { address: 'example.com' }])('of %j are refused: nobody is named', async (selection) => {
    await expect(listBans(testOperator(), selection)).rejects.toThrow(OperationRefused);
    await expect(liftBans(testOperator(), selection)).rejects.toThrow(OperationRefused);
  });
});
