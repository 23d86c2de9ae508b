/** Refuses an address that calls too often, in the protocol of the call, before anything is read or hashed. */
import { networkOf } from '../../../core/auth/network.ts';
import type { Gateway } from '../../../core/protocol/gateway.ts';
import { refuse } from '../../../core/protocol/refusal.ts';
import { withDeadline } from '../../../infra/deadline.ts';
import type { RateLimiter } from './environment.ts';

/** A gateway that refuses what the limiter refuses. Each entry of a multicall is a call. */
export function limitedGateway(gateway: Gateway, limiter: RateLimiter | undefined): Gateway {
  return {
    async answer(call) {
      return (await admits(limiter, call.context.address)) ? gateway.answer(call) : refuse(406);
    },
    async admit(call) {
      return (await admits(limiter, call.context.address)) ? gateway.admit(call) : refuse(406);
    },
  };
}

/** Milliseconds that a call waits for the limiter. */
const longest = 1000;

/** When the limiter fails, or does not answer, every call is admitted: the login bans still apply. */
async function admits(limiter: RateLimiter | undefined, address: string | undefined): Promise<boolean> {
  if (!limiter) return true;
  try {
    const asked = withDeadline(longest, () => limiter.limit({ key: networkOf(address) }));
    return (await asked).success;
  } catch {
    return true;
  }
}
