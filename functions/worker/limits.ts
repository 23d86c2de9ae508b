/** Refuses an address that calls too often, in its own protocol, before anything is read or hashed for it. */
import { networkOf } from '../../core/address.ts';
import type { Gateway } from '../../core/gateway.ts';
import { refuse } from '../../core/refusal.ts';
import type { Door } from '../adapters/door.ts';
import type { RateLimiter } from './environment.ts';

const closed: Gateway = { answer: async () => refuse(507) };

/** A door that lets in as many requests as the limiter does. */
export function limitedDoor(
  openDoor: (gateway: Gateway) => Door,
  gateway: Gateway,
  limiter: RateLimiter | undefined,
): Door {
  const [open, shut] = [openDoor(gateway), openDoor(closed)];
  return {
    ...open,
    async answer(request) {
      const door = (await admits(limiter, request.context.address)) ? open : shut;
      return door.answer(request);
    },
  };
}

/** The same for the sign-in form, which has no door. */
export function limitedGateway(gateway: Gateway, limiter: RateLimiter | undefined): Gateway {
  return {
    async answer(call) {
      const address = 'context' in call ? call.context.address : undefined;
      return (await admits(limiter, address)) ? gateway.answer(call) : closed.answer(call);
    },
  };
}

/** A limiter that fails lets everybody by: login bans hold without it. */
async function admits(limiter: RateLimiter | undefined, address: string | undefined): Promise<boolean> {
  if (!limiter) return true;
  try {
    return (await limiter.limit({ key: networkOf(address) })).success;
  } catch {
    return true;
  }
}
