/** Demo sites for clients to talk to: `ljgate serve`, once over each store that sites run on. */
import { afterAll, beforeAll, describe } from 'vitest';
import { requireProgram } from '../support/requirements.ts';
import { type Ljgate, startLjgate } from '../support/server.ts';
import { dynamodbLocal, uniquePrefix } from '../support/stores.ts';

/** By store: whether this machine has it, and the flags that select it. */
const stores: Readonly<Record<string, { here(): boolean; flags(): Promise<readonly string[]> }>> = {
  SQLite: { here: () => true, flags: async () => [] },
  'DynamoDB Local': {
    here: () => requireProgram('java'),
    flags: async () => ['--store', `dynamodb:${uniquePrefix()}@${await dynamodbLocal()}`],
  },
};

/**
 * Runs the same tests over every store, each time against a server of its own with demo accounts
 * and no login bans: all clients call from one address, and all try a wrong password.
 */
export function describeServed(title: string, tests: (urlOf: (path: string) => URL) => void): void {
  for (const [store, { here, flags }] of Object.entries(stores)) {
    describe.skipIf(!here())(`${title}, over ${store}`, () => {
      let server: Ljgate | undefined;
      beforeAll(async () => {
        server = await startLjgate('--demo', '--login-ban', 'off', ...(await flags()));
      });
      afterAll(() => server?.stop());
      tests((path) => new URL(path, server?.url));
    });
  }
}
