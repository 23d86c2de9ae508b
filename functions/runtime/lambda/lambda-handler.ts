/** An endpoint, the pages or the interface for sites as a Lambda handler, for API Gateway (HTTP and REST), Function URLs and ALB. */
import type { Store } from '../../../core/ports.ts';
import type { Variables } from '../../../infra/settings-reader.ts';
import type { StoreOpener } from '../../../infra/stores/open-store.ts';
import { createHandler, type HandlerOptions } from '../../wire/handle-request.ts';
import { textResponse } from '../../wire/wire-request.ts';
import { edgeAddress, isFromEdge } from '../caller-address.ts';
import {
  type DeferredComposition,
  deferredComposition,
  type OpenSite,
  openComposition,
} from './lambda-composition.ts';
import { type LambdaReply, replyTo } from './lambda-reply.ts';
import { type HttpEvent, lambdaRequest } from './lambda-request.ts';
import { createTelemetry, type Telemetry } from './lambda-telemetry.ts';

/** What the runtime says about an invocation. */
export interface LambdaContext {
  readonly awsRequestId: string;
}

/** A Lambda handler. */
export type Handler = (event: HttpEvent, context?: LambdaContext) => Promise<LambdaReply>;

/** Builds a function's handler. Nothing is opened before the first event. */
export function requestHandler<Opened extends Store>(
  openStore: StoreOpener<Opened>,
  served: (
    composition: DeferredComposition<Opened>,
    telemetry: Telemetry,
  ) => Pick<HandlerOptions, 'endpoints' | 'pages' | 'api'>,
  variables: Variables,
  site?: OpenSite,
): Handler {
  const telemetry = createTelemetry(variables);
  const composition = deferredComposition(() =>
    openComposition(openStore, variables, telemetry.logError, site),
  );
  const handle = createHandler({ ...telemetry, ...served(composition, telemetry) });
  return async (event, context) => {
    const started = await composition.start();
    await started?.fresh();
    const request = lambdaRequest(event, context?.awsRequestId ?? 'unknown', {
      address(address, header) {
        const [viewer, proof] = [header('cloudfront-viewer-address'), header('x-origin-proof')];
        return edgeAddress({ address, viewer, proof }, started?.originProof);
      },
      isCrossed: (header) => isFromEdge(header('x-origin-proof'), started?.originProof),
    });
    return replyTo(event, request ? await handle(request) : textResponse(400, 'Bad request'));
  };
}
