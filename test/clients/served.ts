/** Demo sites for clients to talk to: `ljgate serve` and the Worker, once over each store that sites run on. */
import { afterAll, beforeAll, describe } from 'vitest';
import { requireProgram } from '../support/requirements.ts';
import { startLjgate } from '../support/server.ts';
import { dynamodbLocal, uniquePrefix } from '../support/stores.ts';
import { startWorker } from '../support/worker.ts';

interface Server {
  readonly url: URL;
  stop(): Promise<unknown>;
}

const open = ['--demo', '--login-ban', 'off'];

/** By where they run: whether this machine has that, and how they are started. */
const servers: Readonly<Record<string, { here(): boolean; start(): Promise<Server> }>> = {
  SQLite: { here: () => true, start: () => startLjgate(...open) },
  'DynamoDB Local': {
    here: () => requireProgram('java'),
    start: async () => startLjgate(...open, '--store', `dynamodb:${uniquePrefix()}@${await dynamodbLocal()}`),
  },
  'a Worker and D1': {
    here: () => true,
    start: () => startWorker({ variables: { LJGATE_LOGIN_BAN: 'off', LJGATE_DEMO: 'on' } }),
  },
};

/**
 * Runs the same tests over every server, each time one of its own with demo accounts and no login
 * bans: all clients call from one address, and all try a wrong password.
 */
export function describeServed(title: string, tests: (urlOf: (path: string) => URL) => void): void {
  for (const [place, { here, start }] of Object.entries(servers)) {
    describe.skipIf(!here())(`${title}, over ${place}`, () => {
      let server: Server | undefined;
      beforeAll(async () => {
        server = await start();
      });
      afterAll(() => server?.stop());
      tests((path) => new URL(path, server?.url));
    });
  }
}
