/** A gateway that is opened by the first call. */
import type { Gateway } from '../../core/protocol/gateway.ts';
import type { Refusal } from '../../core/protocol/refusal.ts';
import { SecretUnavailable } from '../../infra/secrets/secret-unavailable.ts';

/**
 * A gateway that refuses every call while it cannot be opened, and logs the reason as the call's cause. It refuses
 * with 502 when the service that holds the secrets does not answer, because a retry may succeed; else with 500.
 * @see PROTOCOL §6
 */
export function deferredGateway(open: () => Promise<{ readonly gateway: Gateway }>): Gateway {
  const withGateway = async <T>(
    call: (gateway: Gateway) => Promise<T>,
  ): Promise<T | { readonly ok: false; readonly refusal: Refusal; readonly cause: unknown }> => {
    let gateway: Gateway;
    try {
      ({ gateway } = await open());
    } catch (cause) {
      const passing = cause instanceof SecretUnavailable && cause.passing;
      return { ok: false, refusal: { code: passing ? 502 : 500 }, cause };
    }
    return call(gateway);
  };
  return {
    answer: (call) => withGateway((gateway) => gateway.answer(call)),
    admit: (call) => withGateway((gateway) => gateway.admit(call)),
  };
}
