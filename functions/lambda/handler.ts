/** A door, or the pages, as a Lambda handler, for API Gateway (HTTP and REST), Function URLs and ALB. */
import type { Context } from 'hono';
import { getConnInfo, handle, type LambdaContext, type LambdaEvent } from 'hono/aws-lambda';
import type { Gateway } from '../../core/gateway.ts';
import type { Door } from '../adapters/door.ts';
import { edgeAddress } from '../http/address.ts';
import { type AppOptions, createApp } from '../http/app.ts';
import { evenOut } from './event.ts';
import { createTelemetry } from './telemetry.ts';
import { type DeferredWorld, deferredWorld, openWorld, type Variables } from './world.ts';

/** A Lambda handler; the runtime's own context is the second argument. */
export type Handler = (event: LambdaEvent, context?: LambdaContext) => Promise<LambdaReply>;

type LambdaReply = Awaited<ReturnType<ReturnType<typeof handle>>>;

/** Builds the handler of one door. Nothing is opened before the first event. */
export function lambdaHandler(openDoor: (gateway: Gateway) => Door, variables: Variables): Handler {
  return appHandler(({ gateway }) => ({ doors: [openDoor(gateway)] }), variables);
}

/** What Lambda itself supplies to an app. */
export type Platform = Pick<AppOptions, 'log' | 'logError' | 'addressOf' | 'requestIdOf'>;

/** Builds the handler of any app. Nothing is opened before the first event. */
export function appHandler(
  furnish: (world: DeferredWorld, platform: Platform) => Pick<AppOptions, 'doors' | 'pages'>,
  variables: Variables,
): Handler {
  const telemetry = createTelemetry(variables['LJGATE_STAGE'] ?? 'local');
  const world = deferredWorld(() => openWorld(variables, telemetry.logError));
  let originProof: string | undefined;
  const platform: Platform = {
    ...telemetry,
    addressOf: (c) =>
      edgeAddress(
        {
          address: getConnInfo(c).remote.address,
          viewer: c.req.header('CloudFront-Viewer-Address'),
          proof: c.req.header('X-Origin-Proof'),
        },
        originProof,
      ),
    requestIdOf,
  };
  const app = createApp({ ...platform, ...furnish(world, platform) });
  const answer = handle(app);
  return async (event, context) => {
    const started = await world.start();
    originProof = started?.originProof;
    await started?.fresh();
    return answer(evenOut(event), context);
  };
}

function requestIdOf(c: Context): string {
  const context: LambdaContext | undefined = c.env.lambdaContext;
  return context?.awsRequestId ?? 'unknown';
}
