/** One door as a Lambda handler, for API Gateway (HTTP and REST), Function URLs and ALB. */
import type { Context } from 'hono';
import { getConnInfo, handle, type LambdaContext, type LambdaEvent } from 'hono/aws-lambda';
import type { Gateway } from '../../core/gateway.ts';
import type { Door } from '../adapters/door.ts';
import { createApp } from '../http/app.ts';
import { evenOut } from './event.ts';
import { createTelemetry } from './telemetry.ts';
import { deferredGateway, openGateway, type Variables } from './world.ts';

/** A Lambda handler; the runtime's own context is the second argument. */
export type Handler = (event: LambdaEvent, context?: LambdaContext) => Promise<LambdaReply>;

type LambdaReply = Awaited<ReturnType<ReturnType<typeof handle>>>;

/** Builds the handler of one door. Nothing is opened before the first event. */
export function lambdaHandler(openDoor: (gateway: Gateway) => Door, variables: Variables): Handler {
  const { log, logError } = createTelemetry(variables['LJGATE_STAGE'] ?? 'local');
  const gateway = deferredGateway(() => openGateway(variables));
  const app = createApp({
    doors: [openDoor(gateway)],
    log,
    logError,
    addressOf: (c) => getConnInfo(c).remote.address,
    requestIdOf,
  });
  const answer = handle(app);
  return (event, context) => answer(evenOut(event), context);
}

function requestIdOf(c: Context): string {
  const context: LambdaContext | undefined = c.env.lambdaContext;
  return context?.awsRequestId ?? 'unknown';
}
