/** Accounts made and changed one at a time, and what is refused. */
import { expect, test } from 'vitest';
import type { UserId } from '../../../core/accounts/account.ts';
import type { Username } from '../../../core/accounts/username.ts';
import { maxInt } from '../../../core/accounts/validation.ts';
import { addAccount, editAccount } from '../../../infra/operations/account-operations.ts';
import { operatorWhose, testOperator } from './test-operator.ts';

test('with no userid left, an account is added only with one of its own', async () => {
  const operator = testOperator();
  await addAccount(operator, { username: 'last', userid: maxInt as UserId });
  await expect(addAccount(operator, { username: 'next' })).rejects.toThrow(
    `the account was not added: an account has userid ${maxInt} or nearly, so none above is left; give a free one by hand`,
  );
  expect(await addAccount(operator, { username: 'next', userid: 5 as UserId })).toMatchObject({ userid: 5 });
});

test('an account that the store cannot take for its size is neither added nor made of another', async () => {
  const operator = testOperator();
  const small = operatorWhose(operator, {
    oversize: ({ fullname }) => (fullname.length > 100 ? 'is too large' : undefined),
  });
  const fullname = 'x'.repeat(101);
  await expect(addAccount(small, { username: 'alice', fullname })).rejects.toThrow(
    'the account was not added: it is too large',
  );
  await addAccount(small, { username: 'alice' });
  await expect(editAccount(small, 'alice' as Username, { fullname })).rejects.toThrow(
    'nothing was done: account "alice" is too large',
  );
  expect((await operator.account('alice'))?.fullname).toBe('alice');
});

test.each(['password', 'upstreamKey', 'status', 'clientkeys', 'nonsense'])(
  'what is no field of the profile, like %s, is refused and not silently left out',
  async (name) => {
    const operator = testOperator();
    await addAccount(operator, { username: 'alice' });
    const edit = editAccount(operator, 'alice' as Username, { fullname: 'Alice', [name]: 'x' });
    await expect(edit).rejects.toThrow(
      `"${name}" is no field of the profile; the fields are fullname, message`,
    );
    expect((await operator.account('alice'))?.fullname).toBe('alice');
  },
);
