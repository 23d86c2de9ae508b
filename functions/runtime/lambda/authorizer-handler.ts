/**
 * The session check as a Lambda authorizer: another API asks it whose session a request carries.
 *
 * API Gateway can cache answers. A cached answer outlives the session, so set the cache's TTL to 0, or to as
 * long as an ended session may still be accepted. With a cache, make the caller's address an identity source
 * beside the cookie, or a session that is bound to one address is accepted from another. `expires` in the
 * context says when the session expires.
 */
import * as v from 'valibot';
import type { Ports } from '../../../core/ports.ts';
import {
  hasSessionCookie,
  type VerifiedSession,
  verifySession,
} from '../../../core/sessions/verify-session.ts';
import { systemClock } from '../../../infra/clock-and-random.ts';
import { openOnce } from '../../../infra/open-once.ts';
import { fetchSecret } from '../../../infra/secrets/secrets-manager.ts';
import * as settings from '../../../infra/settings.ts';
import { readSettings, type SettingsOf, type Variables } from '../../../infra/settings-reader.ts';
import type { StoreOpener } from '../../../infra/stores/open-store.ts';
import { measured, timedStore } from '../../../infra/telemetry/request-measures.ts';
import { edgeAddress } from '../caller-address.ts';
import { headersOf } from './lambda-request.ts';
import { createTelemetry } from './lambda-telemetry.ts';

/** What the other API gets. REST APIs pass on only strings, numbers and booleans. */
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

/** The authorizer. Rejects when the session cannot be verified; API Gateway then answers 500. */
export type Authorizer = (event: unknown) => Promise<SimpleAnswer | PolicyAnswer>;

const carried = {
  headers: v.optional(v.nullable(v.record(v.string(), v.string()))),
  /** A REST API puts repeated headers here. */
  multiValueHeaders: v.optional(v.nullable(v.record(v.string(), v.array(v.string())))),
};

const simpleEvent = v.object({
  version: v.literal('2.0'),
  cookies: v.optional(v.array(v.string())),
  ...carried,
  requestContext: v.object({ requestId: v.optional(v.string()), http: v.object({ sourceIp: v.string() }) }),
});

const policyEvent = v.object({
  type: v.literal('REQUEST'),
  methodArn: v.string(),
  ...carried,
  requestContext: v.object({
    requestId: v.optional(v.string()),
    identity: v.object({ sourceIp: v.string() }),
  }),
});

/** A request, as either event describes it. */
interface SessionRequest {
  readonly id: string;
  readonly cookie: string | undefined;
  readonly address: string;
  header(name: string): string | undefined;
}

interface Opened {
  readonly ports: Pick<Ports, 'records' | 'clock'>;
  readonly originProof: string | undefined;
}

const table: SettingsOf<'authorizer'> = { store: settings.store, originProof: settings.originProof };

/** Without the root secret: a session is verified by its digest. */
async function open(openStore: StoreOpener, variables: Variables): Promise<Opened> {
  const values = readSettings('authorizer', table, variables);
  const { records } = timedStore(await openStore(values.store));
  const originProof = values.originProof && (await fetchSecret(values.originProof));
  return { ports: { records, clock: systemClock }, originProof };
}

/** Builds the authorizer. It is opened by the first event; after a failure the next event tries again. */
export function authorizer(openStore: StoreOpener, variables: Variables): Authorizer {
  const { log } = createTelemetry(variables);
  const opened = openOnce(() => open(openStore, variables));

  async function check(request: SessionRequest): Promise<VerifiedSession | undefined> {
    const started = performance.now();
    const { ports, originProof } = await opened();
    const peer = {
      address: request.address,
      viewer: request.header('cloudfront-viewer-address'),
      proof: request.header('x-origin-proof'),
    };
    const address = edgeAddress(peer, originProof);
    const [verified, measures] = await measured(() =>
      verifySession(ports, { cookie: request.cookie, address }),
    );
    const outcome = verified
      ? ({ account: verified.account.username, outcome: 'ok' } as const)
      : ({ outcome: 101 } as const);
    log({
      request: request.id,
      wire: 'web',
      status: verified ? 200 : 401,
      ms: performance.now() - started,
      ...measures,
      address: verified || !hasSessionCookie(request.cookie) ? undefined : address,
      calls: [{ method: 'authorize', auth: 'cookie', ...outcome }],
    });
    return verified;
  }

  return async (event) => {
    if (v.is(simpleEvent, event)) {
      const { requestId = 'unknown', http } = event.requestContext;
      const verified = await check(requestOf(event, requestId, http.sourceIp));
      return verified ? { isAuthorized: true, context: contextOf(verified) } : { isAuthorized: false };
    }
    if (v.is(policyEvent, event)) {
      const { requestId = 'unknown', identity } = event.requestContext;
      return policyFor(await check(requestOf(event, requestId, identity.sourceIp)), event.methodArn);
    }
    throw new Error('this authorizer takes only events of type REQUEST, because a session is in a cookie');
  };
}

/** Reads cookies and headers as the endpoints do. */
function requestOf(event: Parameters<typeof headersOf>[0], id: string, address: string): SessionRequest {
  const headers = headersOf(event);
  return { id, address, cookie: headers.get('cookie'), header: (name) => headers.get(name) };
}

function contextOf({ account, session }: VerifiedSession): SessionContext {
  return {
    user: account.username,
    userid: String(account.userid),
    session: String(session.id),
    expires: String(session.expires),
  };
}

/** The policy covers the whole stage, because API Gateway uses a cached answer for all its methods. */
function policyFor(verified: VerifiedSession | undefined, methodArn: string): PolicyAnswer {
  const [api = '', stage = ''] = methodArn.split('/');
  const Effect = verified ? 'Allow' : 'Deny';
  const statement = { Action: 'execute-api:Invoke', Effect, Resource: `${api}/${stage}/*` } as const;
  return {
    principalId: verified?.account.username ?? 'nobody',
    policyDocument: { Version: '2012-10-17', Statement: [statement] },
    ...(verified && { context: contextOf(verified) }),
  };
}
