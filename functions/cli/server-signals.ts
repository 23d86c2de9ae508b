/** What `ljgate serve` does at signals. */
import type { Keys } from '../../infra/secrets/secret-keys.ts';
import type { OpenStore } from '../../infra/stores/open-store.ts';
import type { ServerLogger } from '../runtime/node/logger.ts';
import type { RunningServer } from '../runtime/node/server.ts';
import { onSignals } from '../runtime/node/signals.ts';
import { notice } from './announce.ts';
import type { ServeOptions } from './setting-options.ts';

/** Milliseconds that calls in flight get at shutdown. */
const grace = 10_000;

/** What a signal has to do with. */
interface Running {
  readonly servers: readonly RunningServer[];
  readonly store: OpenStore;
  readonly keys: Keys;
  readonly logger: ServerLogger;
}

/** Follows the signals, and reports what it does about each. */
export function followSignals({ servers, store, keys, logger }: Running, { log }: ServeOptions): void {
  onSignals({
    async end(signal) {
      notice(logger, log, `${signal}: the calls that have begun are answered, for up to ${grace / 1000} s`);
      await Promise.all(servers.map((server) => server.close(grace)));
      await store.close();
      notice(logger, log, 'ended');
      process.exit(0);
    },
    reopen() {
      logger.reopen();
      keys.reread().then(() => {
        // A file is read when keys are used: so a fault in it is logged now, and not with the next call.
        keys.ids();
        notice(logger, log, 'SIGHUP: log and secret are opened again');
      });
    },
  });
}
