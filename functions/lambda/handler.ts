/** A door, or the pages, as a Lambda handler, for API Gateway (HTTP and REST), Function URLs and ALB. */
import { getConnInfo, type LambdaContext, type LambdaEvent } from 'hono/aws-lambda';
import type { Gateway } from '../../core/gateway.ts';
import type { Door } from '../adapters/door.ts';
import { edgeAddress } from '../http/address.ts';
import type { AppOptions } from '../http/app.ts';
import type { AnswerEvent } from './app.ts';
import { directDoors, type HeaderOf } from './direct.ts';
import { evenOut } from './event.ts';
import { createTelemetry } from './telemetry.ts';
import { type DeferredWorld, deferredWorld, openWorld, type Variables } from './world.ts';

/** A Lambda handler; the runtime's own context is the second argument. */
export type Handler = (event: LambdaEvent, context?: LambdaContext) => Promise<LambdaReply>;

type LambdaReply = Awaited<ReturnType<AnswerEvent>>;

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
  const addressOf = (source: string | undefined, header: HeaderOf) => {
    const [viewer, proof] = [header('cloudfront-viewer-address'), header('x-origin-proof')];
    return edgeAddress({ address: source, viewer, proof }, originProof);
  };
  const platform: Platform = {
    ...telemetry,
    addressOf: (c) => addressOf(getConnInfo(c).remote.address, (name) => c.req.header(name)),
    requestIdOf: (c) => requestId(c.env.lambdaContext),
  };
  const furniture = furnish(world, platform);
  const direct = directDoors({ ...telemetry, doors: furniture.doors, addressOf });
  let answer: AnswerEvent | undefined;
  return async (event, context) => {
    const started = await world.start();
    originProof = started?.originProof;
    await started?.fresh();
    const even = evenOut(event);
    const reply = direct(even, requestId(context));
    if (reply) return reply;
    const { openApp } = await import('./app.ts');
    answer ??= openApp({ ...platform, ...furniture });
    return answer(even, context);
  };
}

function requestId(context: LambdaContext | undefined): string {
  return context?.awsRequestId ?? 'unknown';
}
