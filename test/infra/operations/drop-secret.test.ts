/** Secrets that are given up: lost ones, and those that only log-ins would free. */
import { describe, expect, test } from 'vitest';
import { dropSecret, planDrop } from '../../../infra/operations/drop-secret.ts';
import { generateKeyring } from '../../../infra/secrets/keyring.ts';
import { openSite } from './secret-site.ts';

describe('a secret that a rotation kept', () => {
  test('is given up with the passwords that need it, and with nothing else', async () => {
    const { operator, source, rotate } = await openSite();
    const old = (await source.read()).currentId;
    const { outcome } = await rotate();
    const plan = await planDrop(operator, source, old);
    expect(plan).toEqual({ id: old, accounts: ['u11', 'u5'] });
    expect(await operator.account('u5')).toHaveProperty('password');
    await dropSecret(operator, source, plan);
    expect(await operator.account('u5')).not.toHaveProperty('password');
    for (const name of ['u0', 'u1']) expect(await operator.account(name)).toHaveProperty('password');
    expect((await operator.account('u4'))?.clientKeys).toHaveLength(1);
    expect(await operator.account('u3')).toHaveProperty('upstreamKey');
    expect((await source.read()).list().map(({ id }) => id)).toEqual([outcome?.current]);
    expect(await operator.store.secretIds.list()).toEqual(new Set([outcome?.current]));
  });

  test('is not given up while a rotation is under way without ending that', async () => {
    const { operator, source, rotate } = await openSite();
    const old = (await source.read()).currentId;
    await rotate();
    await rotate(1);
    const { rotating } = await source.read();
    await dropSecret(operator, source, await planDrop(operator, source, old));
    expect((await source.read()).rotating).toBe(rotating);
  });
});

describe('refused is giving up', () => {
  test('the current secret, and one that is coming', async () => {
    const { operator, source, rotate } = await openSite();
    const { currentId } = await source.read();
    await expect(planDrop(operator, source, currentId)).rejects.toThrow(
      /is in use; npx ljgate secrets rotate/,
    );
    await rotate(1);
    const { rotating = '' } = await source.read();
    await expect(planDrop(operator, source, rotating)).rejects.toThrow(/is in use/);
  });

  test('one for which a rotation would do', async () => {
    const { operator, source, rotate } = await openSite();
    const old = (await source.read()).currentId;
    await rotate(3);
    await expect(planDrop(operator, source, old)).rejects.toThrow(
      /can be renewed; run: npx ljgate secrets rotate/,
    );
  });

  test('one that nobody knows', async () => {
    const { operator, source } = await openSite();
    await expect(planDrop(operator, source, 'nosuch')).rejects.toThrow(/there is no secret nosuch/);
  });
});

test('a lost secret is given up with all that needs it, and then the store needs none', async () => {
  const { operator, source } = await openSite();
  const lost = (await source.read()).currentId;
  const plan = await planDrop(operator, undefined, lost);
  expect(plan.accounts).toHaveLength(12);
  await dropSecret(operator, undefined, plan);
  expect(await operator.account('u0')).toMatchObject({ clientKeys: [] });
  expect(await operator.account('u0')).not.toHaveProperty('password');
  expect(await operator.account('u0')).not.toHaveProperty('upstreamKey');
  expect(await operator.store.secretIds.list()).toEqual(new Set());
});

test('an id that only the store still lists is taken from there', async () => {
  const { operator } = await openSite();
  const stale = generateKeyring().currentId;
  await operator.store.secretIds.add([stale]);
  const plan = await planDrop(operator, undefined, stale);
  await dropSecret(operator, undefined, plan);
  expect([plan.accounts, (await operator.store.secretIds.list())?.has(stale)]).toEqual([[], false]);
});
