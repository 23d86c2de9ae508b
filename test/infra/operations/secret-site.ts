/** A site whose accounts need their root secret in every way, and whose secret is text, as in a file. */
import type { Username } from '../../../core/accounts/username.ts';
import { md5Hex } from '../../../core/auth/digest.ts';
import { importAccounts } from '../../../infra/operations/import-accounts.ts';
import { type RotationOptions, type RotationStep, rotateSecret } from '../../../infra/operations/rotation.ts';
import { createHasher } from '../../../infra/passwords/argon2.ts';
import { generateKeyring, type Keyring, parseKeyring } from '../../../infra/secrets/keyring.ts';
import { createSealer } from '../../../infra/secrets/sealer.ts';
import type { SecretSource } from '../../../infra/secrets/secret-source.ts';
import { recordUse } from '../../../infra/secrets/secret-use.ts';
import { testOperator } from './test-operator.ts';

class Crash extends Error {}

/**
 * Opens it with u0 to u11, whose passwords are "pw 0" and so on. u5 and u11 forbid challenge log-in; every
 * second has a client key, every third an upstream key.
 */
export async function openSite(keyring: Keyring = generateKeyring()) {
  let text = keyring.reveal();
  const source: SecretSource = {
    description: 'text in memory',
    settle: 5,
    read: async () => parseKeyring(text),
    async change(edit) {
      text = edit(parseKeyring(text)).reveal();
      return parseKeyring(text);
    },
    alone: (work) => work(),
  };
  const unlock = async () => {
    const keys = parseKeyring(text);
    const hasher = createHasher(keys, { memoryCost: 64, queue: 1000 });
    return recordUse({ hasher, sealer: createSealer(keys) }, operator.store.secretIds);
  };
  const operator = { ...testOperator(), unlock, source };
  const lines = Array.from({ length: 12 }, (_, i) => {
    const clientkeys = i % 2 === 0 ? [{ name: 'laptop', secret: `a client key of ${i}` }] : [];
    const site = i % 3 === 0 ? { upstreamKey: `an upstream key of ${i}` } : {};
    const line = { username: `u${i}`, password: `pw ${i}`, challenge: i % 6 !== 5, clientkeys, ...site };
    return `${JSON.stringify(line)}\n`;
  });
  await importAccounts(operator, bytes(lines.join('')), { onConflict: 'skip', dryRun: false });

  /** `crashAfter` lets only so many steps be done. */
  async function rotate(
    crashAfter = Number.POSITIVE_INFINITY,
    options: Partial<Pick<RotationOptions, 'wait' | 'handOver'>> = {},
  ) {
    const steps: RotationStep[] = [];
    const onStep = (step: RotationStep) => {
      if (steps.length >= crashAfter) throw new Crash();
      steps.push(step);
    };
    const outcome = await rotateSecret(operator, source, { wait: async () => {}, onStep, ...options }).catch(
      (error: unknown) => {
        if (!(error instanceof Crash)) throw error;
        return undefined;
      },
    );
    return { steps, outcome };
  }

  /** Whether everybody's password, digest and keys, also for the site, still open with the secrets as they now are. */
  async function allGood(): Promise<boolean> {
    const { hasher, sealer } = await unlock();
    for (let i = 0; i < 12; i++) {
      const username = `u${i}` as Username;
      const { password, clientKeys = [], upstreamKey } = (await operator.account(username)) ?? {};
      if (!password || password.accepts === 'plainOnce') return false;
      const digest = md5Hex(`pw ${i}`);
      if (!(await hasher.verify(password.verifier, digest))) return false;
      const opened =
        password.accepts === 'anyForm' && (await sealer.open(password.sealed, username, 'password'));
      if (opened !== false && opened !== digest) return false;
      const site = upstreamKey && (await sealer.open(upstreamKey, username, 'upstream-key'));
      if (site !== (i % 3 === 0 ? md5Hex(`an upstream key of ${i}`) : undefined)) return false;
      for (const { id, sealed } of clientKeys) {
        if ((await sealer.open(sealed, username, `client-key:${id}`)) !== md5Hex(`a client key of ${i}`))
          return false;
      }
    }
    return true;
  }
  return { operator, source, rotate, allGood };
}

async function* bytes(text: string): AsyncGenerator<Uint8Array> {
  yield new TextEncoder().encode(text);
}
