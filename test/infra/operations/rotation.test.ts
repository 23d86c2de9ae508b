/** A rotation that ends anywhere is taken up by the next, whatever it was at. */
import { describe, expect, test } from 'vitest';
import type { Username } from '../../../core/accounts/username.ts';
import { md5Hex } from '../../../core/auth/digest.ts';
import { setStatus } from '../../../infra/operations/credential-operations.ts';
import { rotateSecret } from '../../../infra/operations/rotation.ts';
import { secretStatus } from '../../../infra/operations/secret-status.ts';
import { generateKeyring, type Keyring, parseKeyring } from '../../../infra/secrets/keyring.ts';
import { openSite } from './secret-site.ts';

test('adds, waits, makes current, waits, renews, waits, and keeps what log-ins still need', async () => {
  const { operator, source, rotate, allGood } = await openSite();
  const before = (await source.read()).currentId;
  const { steps, outcome } = await rotate();
  expect(steps.map(({ step }) => step)).toEqual([
    'added',
    'waiting',
    'current',
    'waiting',
    'renewing',
    'waiting',
    'kept',
  ]);
  expect(outcome).toMatchObject({ renewed: 10 + 0, retired: [], kept: [before] });
  expect(await secretStatus(operator, source)).toMatchObject({
    secrets: [
      { id: before, use: 'old', sealed: 0, verifiers: 0, logins: 2 },
      { use: 'current', sealed: 20, verifiers: 10, logins: 0 },
    ],
    missing: [],
  });
  expect(await allGood()).toBe(true);
});

describe.each([0, 1, 2, 3, 4, 5, 6])('interrupted after %i steps', (crashAfter) => {
  test('everybody is let in, and the next run ends it with the same secret', async () => {
    const { source, rotate, allGood } = await openSite();
    const before = (await source.read()).currentId;
    expect((await rotate(crashAfter)).outcome).toBeUndefined();
    expect(await allGood()).toBe(true);
    const { rotating, currentId } = await source.read();
    const { outcome } = await rotate();
    if (rotating !== undefined) expect(outcome?.current).toBe(rotating);
    else expect(currentId).not.toBe(before);
    expect(outcome?.kept).toContain(before);
    expect((await source.read()).rotating).toBeUndefined();
    expect(await allGood()).toBe(true);
  });
});

test('retires at last what a log-in freed', async () => {
  const { operator, source, rotate, allGood } = await openSite();
  await rotate();
  const { hasher } = await operator.unlock();
  for (const name of ['u5', 'u11'] as Username[]) {
    const { password } = (await operator.account(name)) ?? {};
    if (password?.accepts !== 'plainOnly') throw new Error(`${name} is of another kind`);
    const renewed = await hasher.hash(md5Hex(`pw ${name.slice(1)}`));
    await operator.store.accounts.replaceVerifier(name, password.verifier, renewed);
  }
  const { outcome } = await rotate();
  expect(outcome?.retired).toHaveLength(1);
  expect((await source.read()).list()).toHaveLength(2);
  expect(await allGood()).toBe(true);
});

test('loses no secret that somebody puts back while it waits', async () => {
  const { source, rotate } = await openSite();
  const lost = generateKeyring();
  const wait = async () => {
    await source.change((now) => merged(now, lost));
  };
  const { outcome } = await rotate(Number.POSITIVE_INFINITY, { wait });
  const ids = (await source.read()).list().map(({ id }) => id);
  expect(ids).toContain(lost.currentId);
  expect(ids).toContain(outcome?.current);
});

/** The first with the secrets of the second beside its own, as an editor would put them there. */
function merged(first: Keyring, second: Keyring): Keyring {
  const [one, other] = [JSON.parse(first.reveal()), JSON.parse(second.reveal())];
  const secrets = new Map([...one.secrets, ...other.secrets].map((secret) => [secret.id, secret]));
  return parseKeyring(JSON.stringify({ ...one, secrets: [...secrets.values()] }));
}

test('the store knows the new secret before it is used, and forgets the old one before that goes', async () => {
  const { operator, source, rotate } = await openSite();
  const before = (await source.read()).currentId;
  await operator.store.admin.accounts.remove('u5' as Username);
  await operator.store.admin.accounts.remove('u11' as Username);
  const states: string[] = [];
  const { change } = source;
  const watched = {
    ...source,
    async change(edit: (now: Keyring) => Keyring) {
      const ids = (await operator.store.secretIds.list()) ?? new Set();
      const now = await change(edit);
      states.push(
        `${now.currentId === before ? 'old' : 'new'}: ${ids.has(before)} ${ids.has(now.currentId)}`,
      );
      return now;
    },
  };
  await rotateSecret(operator, watched, { wait: async () => {}, onStep: () => {} });
  expect(states).toEqual(['old: true true', 'new: true true', 'new: false true']);
  expect(await operator.store.secretIds.list()).toEqual(new Set([(await source.read()).currentId]));
  expect(await rotate()).toMatchObject({ outcome: { kept: [] } });
});

test('asks twice whether every server has the secrets: before the new one is used, and before anything is renewed', async () => {
  const { operator, source, rotate } = await openSite();
  const before = (await source.read()).currentId;
  const asked: unknown[] = [];
  const handOver = async (why: string) => {
    const { password } = (await operator.account('u1')) ?? {};
    const renewed = password?.accepts === 'anyForm' && password.verifier.secret !== before;
    const { currentId, rotating } = await source.read();
    asked.push([why, currentId === before, currentId === rotating, renewed]);
  };
  await rotate(Number.POSITIVE_INFINITY, { handOver });
  expect(asked).toEqual([
    ['until every server knows the new secret', true, false, false],
    ['until every server uses it', false, true, false],
  ]);
});

test('goes no further when the answer is no, and on from there the next time', async () => {
  const { source, rotate, allGood } = await openSite();
  const before = (await source.read()).currentId;
  const no = () => Promise.reject(new Error('not yet'));
  await expect(rotate(Number.POSITIVE_INFINITY, { handOver: no })).rejects.toThrow('not yet');
  const stopped = await source.read();
  expect(stopped.currentId).toBe(before);
  expect(await allGood()).toBe(true);
  expect((await rotate()).outcome?.current).toBe(stopped.rotating);
});

test.each(['memorial', 'expunged'] as const)(
  'an account that is %s holds no secret: it loses what only that opened',
  async (status) => {
    const { operator, source, rotate } = await openSite();
    const before = (await source.read()).currentId;
    for (const name of ['u5', 'u11'] as Username[]) await setStatus(operator, name, status);
    const { outcome, steps } = await rotate();
    expect(outcome).toMatchObject({ retired: [before], kept: [] });
    expect(steps).toContainEqual({ step: 'closed', accounts: 2 });
    expect(await operator.account('u5')).not.toHaveProperty('password');
    expect(await operator.account('u4')).toHaveProperty('password');
    expect(await operator.store.secretIds.list()).toEqual(new Set([outcome?.current]));
  },
);

test('what is kept says how many log-ins it waits for, and whose', async () => {
  const { steps } = await (await openSite()).rotate();
  expect(steps.at(-1)).toMatchObject({ step: 'kept', needs: { logins: 2, owners: ['u11', 'u5'] } });
});
