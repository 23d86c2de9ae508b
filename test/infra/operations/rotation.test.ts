/** A rotation that ends anywhere is taken up by the next, whatever it was at. */
import { describe, expect, test } from 'vitest';
import { md5Hex } from '../../../core/digest.ts';
import type { Username } from '../../../core/username.ts';
import { importAccounts } from '../../../infra/operations/import.ts';
import { type RotationStep, rotateSecret, secretStatus } from '../../../infra/operations/rotation.ts';
import { createHasher } from '../../../infra/passwords/argon2.ts';
import { generateKeyring, type Keyring, parseKeyring } from '../../../infra/secrets/keyring.ts';
import { createSealer } from '../../../infra/secrets/sealer.ts';
import type { SecretSource } from '../../../infra/secrets/source.ts';
import { testDesk } from './support.ts';

class Crash extends Error {}

/** A site whose secret is kept as text, as a file would; `crashAfter` lets only so many steps be. */
async function openSite(keyring: Keyring = generateKeyring()) {
  let text = keyring.reveal();
  const source: SecretSource = {
    description: 'kept in memory',
    settle: 5,
    read: async () => parseKeyring(text),
    async replace(next) {
      text = next.reveal();
    },
    alone: (work) => work(),
  };
  const unlock = async () => {
    const keys = parseKeyring(text);
    return { hasher: createHasher(keys, { memoryCost: 64, queue: 1000 }), sealer: createSealer(keys) };
  };
  const desk = { ...testDesk(), unlock, source };
  const lines = Array.from({ length: 12 }, (_, i) => {
    const clientkeys = i % 2 === 0 ? [{ name: 'laptop', secret: `a client key of ${i}` }] : [];
    return `${JSON.stringify({ username: `u${i}`, password: `pw ${i}`, challenge: i % 6 !== 5, clientkeys })}\n`;
  });
  await importAccounts(desk, bytes(lines.join('')), { onConflict: 'skip', dryRun: false });

  async function rotate(crashAfter = Number.POSITIVE_INFINITY) {
    const steps: RotationStep[] = [];
    const onStep = (step: RotationStep) => {
      if (steps.length >= crashAfter) throw new Crash();
      steps.push(step);
    };
    const wait = async () => {};
    const outcome = await rotateSecret(desk, source, { wait, onStep }).catch((error: unknown) => {
      if (!(error instanceof Crash)) throw error;
      return undefined;
    });
    return { steps, outcome };
  }

  /** Whether everybody's password, digest and keys still open with the secrets as they now are. */
  async function allGood(): Promise<boolean> {
    const { hasher, sealer } = await unlock();
    for (let i = 0; i < 12; i++) {
      const username = `u${i}` as Username;
      const { password, clientKeys = [] } = (await desk.account(username)) ?? {};
      if (!password || password.accepts === 'plainOnce') return false;
      const digest = md5Hex(`pw ${i}`);
      if (!(await hasher.verify(password.verifier, digest))) return false;
      if (password.accepts === 'anyForm' && sealer.open(password.sealed, username, 'password') !== digest)
        return false;
      for (const { id, sealed } of clientKeys) {
        if (sealer.open(sealed, username, `client-key:${id}`) !== md5Hex(`a client key of ${i}`))
          return false;
      }
    }
    return true;
  }
  return { desk, source, rotate, allGood };
}

async function* bytes(text: string): AsyncGenerator<Uint8Array> {
  yield new TextEncoder().encode(text);
}

test('adds, waits, makes current, waits, renews, waits, and keeps what log-ins still need', async () => {
  const { desk, source, rotate, allGood } = await openSite();
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
  expect(await secretStatus(desk, source)).toMatchObject({
    secrets: [
      { id: before, use: 'old', sealed: 0, verifiers: 0, logins: 2 },
      { use: 'current', sealed: 16, verifiers: 10, logins: 0 },
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
  const { desk, source, rotate, allGood } = await openSite();
  await rotate();
  const { hasher } = await desk.unlock();
  for (const name of ['u5', 'u11'] as Username[]) {
    const { password } = (await desk.account(name)) ?? {};
    if (password?.accepts !== 'plainOnly') throw new Error(`${name} is of another kind`);
    const renewed = await hasher.hash(md5Hex(`pw ${name.slice(1)}`));
    await desk.store.accounts.replaceVerifier(name, password.verifier, renewed);
  }
  const { outcome } = await rotate();
  expect(outcome?.retired).toHaveLength(1);
  expect((await source.read()).list()).toHaveLength(2);
  expect(await allGood()).toBe(true);
});
