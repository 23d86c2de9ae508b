/**
 * The session check as a Lambda authorizer: another API asks it whose session a request carries.
 *
 * What API Gateway remembers of an answer outlives a session that is ended meanwhile, so it should
 * remember nothing (TTL 0), or for as long as an ended session may go on being let by. Where it
 * remembers, the caller's address has to be an identity source beside the cookie, or a session bound
 * to one address is let by from another; and `expires` in the context tells the API behind when the
 * session runs out.
 */
import * as v from 'valibot';
import type { Ports } from '../../core/ports.ts';
import { type HeldSession, offersSession, verifySession } from '../../core/verify-session.ts';
import { fetchSecret } from '../../infra/secrets/manager.ts';
import { parseManagedSecret } from '../../infra/secrets/spec.ts';
import { openStore } from '../../infra/store/open.ts';
import { parseStoreSpec } from '../../infra/store/spec.ts';
import { systemClock } from '../../infra/system.ts';
import { measured, timedStore } from '../../infra/telemetry/measures.ts';
import { edgeAddress } from '../http/address.ts';
import { createTelemetry } from './telemetry.ts';
import type { Variables } from './world.ts';

/** What the API behind is told. REST APIs know only strings, numbers and booleans. */
export interface SessionContext {
  readonly user: string;
  readonly userid: string;
  readonly session: string;
  /** Unix seconds. */
  readonly expires: string;
}

/** The answer to an HTTP API's event of format 2.0, with simple responses turned on. */
export interface SimpleAnswer {
  readonly isAuthorized: boolean;
  readonly context?: SessionContext;
}

/** The answer to a REST API, and to an HTTP API's event of format 1.0. */
export interface PolicyAnswer {
  readonly principalId: string;
  readonly policyDocument: {
    readonly Version: '2012-10-17';
    readonly Statement: readonly [
      { readonly Action: 'execute-api:Invoke'; readonly Effect: 'Allow' | 'Deny'; readonly Resource: string },
    ];
  };
  readonly context?: SessionContext;
}

/** The authorizer. Rejects when nobody can tell, which API Gateway answers with 500 and lets nobody by. */
export type Authorizer = (event: unknown) => Promise<SimpleAnswer | PolicyAnswer>;

const headers = v.nullish(v.record(v.string(), v.nullish(v.string())));

const simpleEvent = v.object({
  version: v.literal('2.0'),
  cookies: v.nullish(v.array(v.string())),
  headers,
  requestContext: v.object({ requestId: v.optional(v.string()), http: v.object({ sourceIp: v.string() }) }),
});

const policyEvent = v.object({
  type: v.literal('REQUEST'),
  methodArn: v.string(),
  headers,
  requestContext: v.object({
    requestId: v.optional(v.string()),
    identity: v.object({ sourceIp: v.string() }),
  }),
});

/** What either event says of the request. */
interface Asked {
  readonly request: string;
  readonly cookie: string | undefined;
  readonly address: string;
  header(name: string): string | undefined;
}

interface Opened {
  readonly ports: Pick<Ports, 'records' | 'clock'>;
  readonly originProof: string | undefined;
}

/** The store alone: a session is checked by its digest, without the root secret. */
async function open(variables: Variables): Promise<Opened> {
  const store = await openStore(parseStoreSpec(variables['LJGATE_STORE'] ?? ''));
  const proof = parseManagedSecret(variables['LJGATE_ORIGIN_PROOF'] ?? '');
  const originProof = proof === undefined ? proof : await fetchSecret(proof);
  return { ports: { records: timedStore(store).records, clock: systemClock }, originProof };
}

/** Builds the authorizer. Nothing is opened before the first event. */
export function authorizer(variables: Variables): Authorizer {
  const { log } = createTelemetry(variables['LJGATE_STAGE'] ?? 'local');
  let opening: Promise<Opened> | undefined;

  async function check(asked: Asked): Promise<HeldSession | undefined> {
    const started = performance.now();
    opening ??= open(variables);
    // What could not be opened is tried again by the next event.
    const { ports, originProof } = await opening.catch((error: unknown) => {
      opening = undefined;
      throw error;
    });
    const peer = {
      address: asked.address,
      viewer: asked.header('cloudfront-viewer-address'),
      proof: asked.header('x-origin-proof'),
    };
    const address = edgeAddress(peer, originProof);
    const [held, measures] = await measured(() => verifySession(ports, { cookie: asked.cookie, address }));
    const outcome = held
      ? ({ account: held.account.username, outcome: 'ok' } as const)
      : ({ outcome: 101 } as const);
    log({
      request: asked.request,
      wire: 'web',
      status: held ? 200 : 401,
      ms: performance.now() - started,
      ...measures,
      caller: { address: offersSession(asked.cookie) ? address : undefined },
      calls: [{ method: 'authorize', auth: 'cookie', ...outcome }],
    });
    return held;
  }

  return async (event) => {
    if (v.is(simpleEvent, event)) {
      const { requestId = 'unknown', http } = event.requestContext;
      const header = headerOf(event.headers);
      const cookie = event.cookies?.join('; ') ?? header('cookie');
      const held = await check({ request: requestId, cookie, address: http.sourceIp, header });
      return held ? { isAuthorized: true, context: contextOf(held) } : { isAuthorized: false };
    }
    if (v.is(policyEvent, event)) {
      const { requestId = 'unknown', identity } = event.requestContext;
      const header = headerOf(event.headers);
      const asked = { request: requestId, cookie: header('cookie'), address: identity.sourceIp, header };
      return policyFor(await check(asked), event.methodArn);
    }
    throw new Error('this authorizer takes events of type REQUEST alone: a session comes in a cookie');
  };
}

function headerOf(given: v.InferOutput<typeof headers>): (name: string) => string | undefined {
  const byName = new Map(Object.entries(given ?? {}).map(([name, text]) => [name.toLowerCase(), text]));
  return (name) => byName.get(name) ?? undefined;
}

function contextOf({ account, session }: HeldSession): SessionContext {
  return {
    user: account.username,
    userid: String(account.userid),
    session: String(session.id),
    expires: String(session.expires),
  };
}

/**
 * The policy is for the whole stage: a remembered answer serves every method, and one that named this
 * method alone would refuse the next.
 */
function policyFor(held: HeldSession | undefined, methodArn: string): PolicyAnswer {
  const [api = '', stage = ''] = methodArn.split('/');
  const Effect = held ? 'Allow' : 'Deny';
  const statement = { Action: 'execute-api:Invoke', Effect, Resource: `${api}/${stage}/*` } as const;
  return {
    principalId: held?.account.username ?? 'nobody',
    policyDocument: { Version: '2012-10-17', Statement: [statement] },
    ...(held && { context: contextOf(held) }),
  };
}
