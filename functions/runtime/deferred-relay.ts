/** The relay of a gateway that is opened by the first call. */
import type { Gateway } from '../../core/protocol/gateway.ts';
import * as settings from '../../infra/settings.ts';
import type { Variables } from '../../infra/settings-reader.ts';
import type { Upstream } from '../../infra/upstream/upstream.ts';
import { createRelay, type Relay } from '../wire/relay/relay.ts';

/**
 * A relay to the site that is opened with the gateway; `undefined` where the variables name none. A call reaches the
 * site only when the gateway let its caller in, so the site is open by then.
 */
export function deferredRelay(
  gateway: Pick<Gateway, 'admit'>,
  open: () => Promise<{ readonly upstream?: Upstream }>,
  variables: Variables,
): Relay | undefined {
  if (!variables[settings.upstream.variable]) return undefined;
  return createRelay(gateway, {
    async call(call) {
      const { upstream } = await open();
      return upstream ? upstream.call(call) : { kind: 'failed', reason: 'there is no site behind' };
    },
  });
}
