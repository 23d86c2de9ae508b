/** Changes of credentials, and what happens when two come at once. */
import { expect, test } from 'vitest';
import type { Username } from '../../../core/accounts/username.ts';
import { md5Hex } from '../../../core/auth/digest.ts';
import type { BcryptVerifier } from '../../../core/ports.ts';
import { createGateway } from '../../../core/protocol/gateway.ts';
import { defaultSettings } from '../../../core/protocol/gateway-settings.ts';
import { addAccount } from '../../../infra/operations/account-operations.ts';
import {
  replacePassword,
  setChallenge,
  setPassword,
  setUpstreamKey,
} from '../../../infra/operations/credential-operations.ts';
import { importLines } from '../../../infra/operations/import-event.ts';
import { addKey, revokeKey } from '../../../infra/operations/key-operations.ts';
import { ConfirmationOutdated } from '../../../infra/operations/operator-context.ts';
import { testPorts, testSealer } from '../../support/ports.ts';
import { testOperator } from './test-operator.ts';

const alice = 'alice' as Username;
const context = { address: '192.0.2.1', cookie: undefined, ljAuth: undefined, agent: undefined };
const hash = `$2a$05$${'x'.repeat(53)}`;

const key = (name: string) => ({ name, secret: `a secret of the key ${name}` });

test('a new password leaves client keys valid and names them, or revokes all in the same write', async () => {
  const operator = testOperator();
  await addAccount(operator, { username: alice, password: 'old', clientkeys: [key('a'), key('b')] });
  const set = await setPassword(operator, alice, { password: 'new' });
  expect([set.clientKeys.toSorted(), set.revokedKeys]).toEqual([['a', 'b'], []]);
  expect((await operator.account('alice'))?.clientKeys).toHaveLength(2);
  const reset = await setPassword(operator, alice, { password: 'newer' }, { revokeKeys: true });
  expect([reset.clientKeys, reset.revokedKeys.toSorted()]).toEqual([[], ['a', 'b']]);
  expect((await operator.account('alice'))?.clientKeys).toEqual([]);
});

test('what an owner confirmed in an older generation is not done; an operator asks for no confirmation', async () => {
  const operator = testOperator();
  await addAccount(operator, { username: alice, password: 'old', clientkeys: [key('a')] });
  const confirmed = await operator.account('alice');
  if (!confirmed) throw new Error('alice is not there');
  await setPassword(operator, alice, { password: 'reset' });
  const after = await operator.account('alice');
  const changes = [
    replacePassword(operator, alice, md5Hex('thief'), { confirmed }),
    addKey(operator, alice, 'thief', confirmed),
    revokeKey(operator, alice, 'a', confirmed),
  ];
  for (const change of changes) await expect(change).rejects.toThrow(ConfirmationOutdated);
  expect(await operator.account('alice')).toEqual(after);
  await revokeKey(operator, alice, 'a');
});

test('set-challenge off holds against a bcrypt log-in under way', async () => {
  const operator = testOperator();
  await addAccount(operator, { username: alice, passwordBcrypt: hash });
  const bcrypt: BcryptVerifier = {
    async matches() {
      await setChallenge(operator, alice, false);
      return true;
    },
  };
  const gateway = createGateway(testPorts(operator.store, { bcrypt }), defaultSettings);
  const args = new Map([['password', 'secret']]);
  expect(await gateway.answer({ method: 'login', username: alice, args, context })).toMatchObject({
    ok: true,
  });
  expect((await operator.account('alice'))?.password).toEqual({
    accepts: 'plainOnce',
    bcrypt: hash,
    becomes: 'plainOnly',
  });
});

const sealedKey = (secret: string) => testSealer().seal(md5Hex(secret), alice, 'upstream-key');

test('an upstream key is stored sealed as its MD5, and views say only that there is one', async () => {
  const operator = testOperator();
  await addAccount(operator, { username: alice, password: 'old' });
  const before = await operator.account('alice');
  const view = await setUpstreamKey(operator, alice, 'an API key');
  expect(view.upstreamKey).toBe(true);
  expect(JSON.stringify(view)).not.toContain(md5Hex('an API key'));
  expect(await operator.account('alice')).toEqual({ ...before, upstreamKey: sealedKey('an API key') });
  expect((await setUpstreamKey(operator, alice, null)).upstreamKey).toBe(false);
  expect(await operator.account('alice')).toEqual(before);
});

test.each([
  ['an empty one', alice, '', /upstreamKey: must not be empty/],
  ['for nobody', 'nobody' as Username, 'x', /there is no account "nobody"/],
])('no upstream key is set: %s', async (_, username, secret, reason) => {
  const operator = testOperator();
  await addAccount(operator, { username: alice, password: 'old' });
  await expect(setUpstreamKey(operator, username, secret)).rejects.toThrow(reason);
  expect(await operator.account('alice')).not.toHaveProperty('upstreamKey');
});

test('an upstream key stays when the password is changed meanwhile, and the new password stays, too', async () => {
  const operator = testOperator();
  await addAccount(operator, { username: alice, password: 'old' });
  await Promise.all([
    setUpstreamKey(operator, alice, 'an API key'),
    setPassword(operator, alice, { password: 'new' }),
  ]);
  const { upstreamKey, generation, password } = (await operator.account('alice')) ?? {};
  expect(upstreamKey).toBe(sealedKey('an API key'));
  expect(generation).toBe(1_800_000_001);
  expect(password).toMatchObject({ sealed: testSealer().seal(md5Hex('new'), alice, 'password') });
});

test('an import brings an upstream key, the same again changes nothing, and another replaces it', async () => {
  const operator = testOperator();
  const bring = (upstreamKey: string, onConflict: 'update' | 'fail' = 'update') =>
    importLines(operator, { lines: [{ username: alice, upstreamKey }], onConflict, dryRun: false });
  expect(await bring('first')).toMatchObject({ added: 1 });
  const first = await operator.account('alice');
  expect(first?.upstreamKey).toBe(sealedKey('first'));
  expect(await bring('first')).toMatchObject({ unchanged: 1 });
  expect(await bring('second', 'fail')).toMatchObject({
    refusedLines: [{ reason: 'account "alice" is there with another upstreamKey' }],
  });
  expect(await operator.account('alice')).toEqual(first);
  expect(await bring('second')).toMatchObject({ updated: 1 });
  expect(await operator.account('alice')).toEqual({ ...first, upstreamKey: sealedKey('second') });
});
