import { describe, expect, test } from 'vitest';
import type { Account } from '../../../core/accounts/account.ts';
import { parseUsername, type Username } from '../../../core/accounts/username.ts';
import type { PasswordHasher, Ports } from '../../../core/ports.ts';
import { createGateway } from '../../../core/protocol/gateway.ts';
import { defaultSettings } from '../../../core/protocol/gateway-settings.ts';
import type { AccountMethod } from '../../../core/protocol/methods/table.ts';
import { createHasher } from '../../../infra/passwords/argon2.ts';
import { createSealer } from '../../../infra/secrets/sealer.ts';
import { demoAccounts, seedDemo } from '../../../infra/site/demo-accounts.ts';
import { openSqliteInMemory } from '../../../infra/stores/sqlite/sqlite-store.ts';
import { testAccount, testPorts } from '../../support/ports.ts';
import { keyringOf } from '../secrets/keyrings.ts';

const names = demoAccounts.map(({ username }) => username);

function demoPorts() {
  const keyring = keyringOf('a');
  const real = createHasher(keyring, { memoryCost: 64, timeCost: 1 });
  let hashes = 0;
  const hasher: PasswordHasher = {
    ...real,
    hash: (digest) => {
      hashes++;
      return real.hash(digest);
    },
  };
  const store = openSqliteInMemory();
  const ports = testPorts(store, { hasher, sealer: createSealer(keyring) });
  return { store, ports, hashes: () => hashes };
}

async function accountIn({ records }: Ports, account: Username): Promise<Account | undefined> {
  return (await records.read({ account, sessions: [], refusals: [] })).account;
}

/** What a call with this password comes to: `ok` or the refusal's code. */
async function outcome(
  ports: Ports,
  method: AccountMethod,
  name: string,
  credentials: Record<string, string>,
) {
  const username = parseUsername(name);
  if (!username) throw new Error(`${name} is no username`);
  const context = { address: '192.0.2.1', cookie: undefined, ljAuth: undefined, agent: undefined };
  const args = new Map(Object.entries(credentials));
  const answer = await createGateway(ports, defaultSettings).answer({ method, username, args, context });
  return answer.ok ? 'ok' : answer.refusal.code;
}

describe('the demo accounts', () => {
  test('are added once: a second start adds none and hashes nothing', async () => {
    const { store, ports, hashes } = demoPorts();
    expect(await seedDemo(store, ports)).toEqual(names);
    expect(hashes()).toBe(names.length);
    expect(await seedDemo(store, ports)).toEqual([]);
    expect(hashes()).toBe(names.length);
  });

  test('are added once by two starts at the same moment', async () => {
    const { store, ports } = demoPorts();
    const added = await Promise.all([seedDemo(store, ports), seedDemo(store, ports)]);
    expect(added.flat().toSorted()).toEqual(names.toSorted());
  });

  test('get other numbers where other accounts have theirs', async () => {
    const { store, ports } = demoPorts();
    const [first, second] = demoAccounts;
    if (!first || !second) throw new Error('there are none');
    const imported = testAccount({ username: 'imported' as Username, userid: second.userid });
    await store.accounts.add(imported);
    expect(await seedDemo(store, ports)).toEqual(names);
    expect((await accountIn(ports, first.username))?.userid).toBe(first.userid);
    expect((await accountIn(ports, imported.username))?.userid).toBe(second.userid);
    const given = await Promise.all(names.map((name) => accountIn(ports, name)));
    expect(new Set(given.map((account) => account?.userid)).size).toBe(names.length);
  });

  test('stay as somebody left them', async () => {
    const { store, ports } = demoPorts();
    await seedDemo(store, ports);
    const [name] = names;
    if (!name) throw new Error('there are none');
    const before = (await accountIn(ports, name))?.generation ?? 0;
    await ports.accounts.endSessions(name);
    await seedDemo(store, ports);
    expect((await accountIn(ports, name))?.generation).toBe(before + 1);
  });

  test('have numbers and names of their own, test being 3', () => {
    expect(new Set(names).size).toBe(names.length);
    expect(new Set(demoAccounts.map(({ userid }) => userid)).size).toBe(names.length);
    expect(demoAccounts[0]).toMatchObject({ username: 'test', userid: 3, fullname: 'Test Account' });
  });

  test('are let in as their status says', async () => {
    const { store, ports } = demoPorts();
    await seedDemo(store, ports);
    const table = await Promise.all(
      names.map(async (name) => {
        const password = name === 'test' ? 'test' : 'demo';
        const all = (['login', 'sessiongenerate', 'sessionexpire'] as const).map((method) =>
          outcome(ports, method, name, { password }),
        );
        return [name, ...(await Promise.all(all))];
      }),
    );
    expect(table).toEqual([
      ['test', 'ok', 'ok', 'ok'],
      ['demo_unicode', 'ok', 'ok', 'ok'],
      ['demo_readonly', 'ok', 'ok', 'ok'],
      ['demo_deleted', 'ok', 'ok', 'ok'],
      ['demo_locked', 308, 308, 'ok'],
      ['demo_suspended', 305, 305, 'ok'],
      ['demo_memorial', 309, 309, 309],
      ['demo_expunged', 100, 100, 100],
      ['demo_plainonly', 'ok', 'ok', 'ok'],
      ['demo_clientkey', 'ok', 'ok', 'ok'],
    ]);
  });

  test('include one whose client key does what its password may not', async () => {
    const { store, ports } = demoPorts();
    await seedDemo(store, ports);
    const login = (hpassword: string) => outcome(ports, 'login', 'demo_clientkey', { hpassword });
    // md5_hex of `demo`, then of `demo-client-key-laptop`.
    expect(await login('fe01ce2a7fbac8fafaed7c982a04e229')).toBe(101);
    expect(await login('3709b29b90feb8280073a375ea018c4e')).toBe('ok');
  });
});
