/** Bounds the large bodies that a process has in memory at once. @see PROTOCOL §10 */
import { bodyLimit, relayedBodyLimit } from './routes.ts';
import type { BodyLimit } from './wire-request.ts';

/** Large bodies at once. */
const most = 16;

/** The limit of one request's body, to be ended with the request. */
export interface LargeBodyLimit extends BodyLimit {
  end(): void;
}

/** Makes the limits of requests, which share the memory. */
export function largeBodies(): () => LargeBodyLimit {
  let count = 0;
  return () => {
    let own = 0;
    return {
      most: relayedBodyLimit,
      usual: bodyLimit,
      admitLarge() {
        if (count >= most) return false;
        own = 1;
        count++;
        return true;
      },
      end() {
        count -= own;
        own = 0;
      },
    };
  };
}
