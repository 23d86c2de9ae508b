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

const open = ['--demo', '--login-ban', 'off', '--session-rate', 'off'];

/** By where they run: whether this machine has that, and how they are started. */
/** `upstream`: the URL of a site behind, or nothing. */
const servers: Readonly<Record<string, { here(): boolean; start(upstream: string): Promise<Server> }>> = {
  SQLite: { here: () => true, start: (upstream) => startLjgate(...open, ...flags(upstream)) },
  'DynamoDB Local': {
    here: () => requireProgram('java'),
    start: async (upstream) => {
      const store = `dynamodb:${uniquePrefix()}@${await dynamodbLocal()}`;
      return startLjgate(...open, ...flags(upstream), '--store', store);
    },
  },
  'a Worker and D1': {
    here: () => true,
    start: (upstream) =>
      startWorker({
        variables: { LJGATE_LOGIN_BAN: 'off', LJGATE_DEMO: 'on', LJGATE_UPSTREAM: upstream },
      }),
  },
};

/** A site to start behind each server, and to stop with it. */
export interface SiteBehind {
  /** @returns its URL. `server`: that of the server before it, once that listens */
  start(server: () => URL | undefined): Promise<string>;
  stop(): Promise<void>;
}

function flags(upstream: string): readonly string[] {
  return upstream === '' ? [] : ['--upstream', upstream];
}

/**
 * Runs the same tests over every server, each time one of its own with demo accounts and no login
 * bans: all clients call from one address, and all try a wrong password.
 */
export function describeServed(
  title: string,
  tests: (urlOf: (path: string) => URL) => void,
  site?: SiteBehind,
): void {
  for (const [place, { here, start }] of Object.entries(servers)) {
    describe.skipIf(!here())(`${title}, over ${place}`, () => {
      let server: Server | undefined;
      beforeAll(async () => {
        const url = () => server?.url;
        server = await start(site ? await site.start(url) : '');
      });
      afterAll(async () => {
        await server?.stop();
        await site?.stop();
      });
      tests((path) => new URL(path, server?.url));
    });
  }
}
