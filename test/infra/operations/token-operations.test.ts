/** Tokens of a site's own code. */
import { describe, expect, test } from 'vitest';
import { sha256Hex } from '../../../core/auth/digest.ts';
import { parseToken } from '../../../core/auth/token.ts';
import { OperationRefused } from '../../../infra/operations/operator-context.ts';
import { addToken, listTokens, revokeToken } from '../../../infra/operations/token-operations.ts';
import { testOperator } from './test-operator.ts';

describe('a token', () => {
  test('is shown once: the store has the digest of its 160 bits', async () => {
    const operator = testOperator();
    const made = await addToken(operator, { name: 'website', scopes: ['verify', 'verify', 'bans'] });
    const shown = parseToken(made.token);
    expect(shown?.secret).toHaveLength(32);
    const [stored] = await operator.store.admin.tokens.list();
    expect(stored).toMatchObject({ id: shown?.id, scopes: ['verify', 'bans'] });
    expect(stored?.digest).toBe(sha256Hex(shown?.secret ?? ''));
    expect(JSON.stringify([stored, await listTokens(operator)])).not.toContain(shown?.secret);
  });

  test('is revoked by its name or its id', async () => {
    const operator = testOperator();
    const { id } = await addToken(operator, { name: 'first', scopes: ['bans'] });
    await addToken(operator, { name: 'second', scopes: ['bans'] });
    expect(await revokeToken(operator, id)).toEqual({ id, name: 'first' });
    expect(await revokeToken(operator, 'second')).toMatchObject({ name: 'second' });
    expect(await listTokens(operator)).toEqual([]);
    await expect(revokeToken(operator, 'second')).rejects.toThrow(OperationRefused);
  });

  test('needs a name of its own and a time that is not over; there are at most a hundred', async () => {
    const operator = testOperator();
    const add = (name: string, expires?: number) => addToken(operator, { name, scopes: ['bans'], expires });
    await add('website', 2_000_000_000);
    await expect(add('website')).rejects.toThrow('is named "website" already');
    await expect(add('old', 1)).rejects.toThrow('over already');
    for (let i = 1; i < 100; i++) await add(`program ${i}`);
    await expect(add('one more')).rejects.toThrow('which is the most');
  });
});
