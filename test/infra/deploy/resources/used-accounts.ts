/** The accounts that `uses.ts` logs in to: of each kind that a call may meet. */
import type { UserId } from '../../../../core/accounts/account.ts';
import { parseAccountLine } from '../../../../core/accounts/account-line.ts';
import { createAccount } from '../../../../core/accounts/create-account.ts';
import { createHasher } from '../../../../infra/passwords/argon2.ts';
import { parseKeyring } from '../../../../infra/secrets/keyring.ts';
import type { UsedSite } from './uses.ts';

const bcryptOfTest = '$2b$04$l2d8wt/NlFwj4J/uJobghuoW38lYkXmpGEDxRrxxp1Lyn4LgLhKXC';

/** Adds them. */
export async function usedAccounts({ store, ports }: UsedSite, secretText: string): Promise<void> {
  const weak = createHasher(parseKeyring(secretText), { memoryCost: 1024 });
  const add = async (userid: number, json: Readonly<Record<string, unknown>>, hasher = ports.hasher) => {
    const parsed = parseAccountLine({ userid, ...json });
    if (!parsed.ok) throw new Error(parsed.reason);
    await store.accounts.add(await createAccount(parsed.line, { ...ports, hasher }, userid as UserId));
  };
  for (const [i, wire] of ['flat', 'xmlrpc'].entries()) {
    await add(10 * i + 1, { username: `${wire}_one`, password: 'test' });
    await add(10 * i + 2, { username: `${wire}_weak`, password: 'test' }, weak);
    await add(10 * i + 4, { username: `${wire}_bcrypt`, passwordBcrypt: bcryptOfTest });
    await add(10 * i + 3, {
      username: `${wire}_keys`,
      clientkeys: [{ name: 'a', secret: 'client-key-secret' }],
    });
  }
  for (const [i, username] of ['web_without', 'web_with', 'web_guest'].entries())
    await add(30 + i, { username, password: 'test' });
}
