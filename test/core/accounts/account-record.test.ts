import { describe, expect, test } from 'vitest';
import type { ClientKey, ClientKeyId } from '../../../core/accounts/account.ts';
import { decodeAccount, encodeAccount } from '../../../core/accounts/account-record.ts';
import { StoreFailed } from '../../../core/failures.ts';
import { testAccount } from '../../support/ports.ts';

const keyOf = (id: string, created: number): ClientKey => ({
  id: id as ClientKeyId,
  name: `key ${id}`,
  digest: 'd'.repeat(64),
  sealed: 'sealed',
  created,
});

test('an account is read back as it was stored', () => {
  const account = testAccount({
    message: 'Hello',
    defaultpicurl: 'http://a.example/',
    upstreamKey: 'sealed',
  });
  expect(decodeAccount(JSON.parse(JSON.stringify(encodeAccount(account))))).toEqual(account);
});

test('its client keys come in the order in which they were made, those of one second by id', () => {
  const made = [keyOf('cccccccc', 30), keyOf('bbbbbbbb', 20), keyOf('dddddddd', 10), keyOf('aaaaaaaa', 20)];
  const { clientKeys } = decodeAccount(encodeAccount(testAccount({ clientKeys: made })));
  expect(clientKeys.map(({ id }) => id)).toEqual(['dddddddd', 'aaaaaaaa', 'bbbbbbbb', 'cccccccc']);
});

describe('a record that is no account', () => {
  const failure = (run: () => unknown): StoreFailed => {
    try {
      run();
    } catch (error) {
      if (error instanceof StoreFailed) return error;
    }
    throw new Error('it did not fail');
  };

  test('fails under its name, and says which members are wrong without their values', () => {
    const plain = { ...encodeAccount(testAccount()), userid: 'secret', status: 'secret' };
    const error = failure(() => decodeAccount(plain));
    expect(error.message).toBe('the record of account "test" is malformed');
    expect(String(error.cause)).toBe('Error: wrong: userid (number), status (picklist)');
  });

  test('fails where it has no name, or is nothing of the kind', () => {
    for (const plain of [null, 'text', {}, { username: 7 }, []]) {
      expect(failure(() => decodeAccount(plain)).message).toBe(
        'the record of account (without a name) is malformed',
      );
    }
    expect(String(failure(() => decodeAccount(null)).cause)).toBe('Error: wrong: the whole (object)');
  });

  test('is not stored', () => {
    const error = failure(() => encodeAccount(testAccount({ caps: 1.5 })));
    expect(error.message).toBe('the record of account test is malformed');
  });
});
