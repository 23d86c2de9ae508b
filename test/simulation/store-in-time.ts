/** A store whose every call takes virtual time, and never ends in a process that has died meanwhile. */
import type { AdministeredStore } from '../../infra/stores/open-store.ts';
import type { Dice } from './dice.ts';
import type { Life } from './process.ts';

/** Wraps the ports of a store and its administration. */
export function storeInTime(store: AdministeredStore, life: Life, dice: Dice): AdministeredStore {
  const pause = () => life.sleep(dice.below(4));
  function slow<Port extends object>(port: Port): Port {
    const entries = Object.entries(port).map(([name, member]: [string, unknown]) => {
      if (typeof member !== 'function' || name === 'oversize') return [name, member];
      return [
        name,
        async (...args: unknown[]) => {
          await pause();
          try {
            return await member(...args);
          } finally {
            await pause();
          }
        },
      ];
    });
    // The members have the same names, and take and give the same.
    return Object.fromEntries(entries) as Port;
  }
  const { accounts, sessions, refusals, tokens } = store.admin;
  return {
    records: slow(store.records),
    accounts: slow(store.accounts),
    sessions: slow(store.sessions),
    spent: slow(store.spent),
    refused: slow(store.refused),
    secretIds: slow(store.secretIds),
    admin: {
      accounts: slow(accounts),
      sessions: slow(sessions),
      refusals: slow(refusals),
      tokens: slow(tokens),
    },
  };
}
