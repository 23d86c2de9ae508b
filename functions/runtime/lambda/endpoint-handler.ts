/** An endpoint as a Lambda handler: its calls may go on to a site behind. */
import type { Gateway } from '../../../core/protocol/gateway.ts';
import type { Variables } from '../../../infra/settings-reader.ts';
import type { StoreOpener } from '../../../infra/stores/open-store.ts';
import type { Endpoint } from '../../wire/endpoint.ts';
import type { Relay } from '../../wire/relay/relay.ts';
import { deferredRelay } from '../deferred-relay.ts';
import { siteBehind } from '../site-behind.ts';
import { lambdaUpstream } from '../upstream-platform.ts';
import { type Handler, requestHandler } from './lambda-handler.ts';

/** Builds the handler of one endpoint. Nothing is opened before the first event. */
export function lambdaHandler(
  openEndpoint: (gateway: Gateway, relay: Relay | undefined) => Endpoint,
  openStore: StoreOpener,
  variables: Variables,
): Handler {
  return requestHandler(
    openStore,
    ({ gateway, open }) => ({
      endpoints: [openEndpoint(gateway, deferredRelay(gateway, open, variables))],
    }),
    variables,
    (settings, onFault) => siteBehind(settings, lambdaUpstream, onFault),
  );
}
