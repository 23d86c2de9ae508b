/** Hands a call on to the site behind, once its caller is let in. @see PROTOCOL §10 */
import type { SecretUsed } from '../../../core/auth/verification.ts';
import type { RelayedCall } from '../../../core/protocol/call.ts';
import type { Gateway } from '../../../core/protocol/gateway.ts';
import { type Refusal, refuse } from '../../../core/protocol/refusal.ts';
import type { ProvedBy, SiteCall, Upstream } from '../../../infra/upstream/upstream.ts';
import { type CallReport, type RequestFacts, report } from '../endpoint.ts';

/** A call to hand on. */
export interface CallToRelay {
  readonly wire: SiteCall['wire'];
  readonly call: RelayedCall;
  readonly request: RequestFacts;
  readonly contentType: string;
  /** See `SiteCall`. `username`: the account's own name. */
  body(username: string, credentials: Parameters<SiteCall['body']>[0]): Uint8Array;
}

/** What came of it: the site's own reply, or a refusal. */
export type Relayed =
  | {
      readonly ok: true;
      readonly contentType: string;
      readonly body: Uint8Array;
      /** To be called once the reply was sent or read. */
      release(): void;
      readonly report: CallReport;
    }
  | { readonly ok: false; readonly refusal: Refusal; readonly report: CallReport };

/** The site did not answer, or not with what can be handed on. Its message is for the log alone. */
class SiteFailed extends Error {
  override name = 'SiteFailed';
}

/** Hands calls on. Never rejects. */
export type Relay = (call: CallToRelay) => Promise<Relayed>;

/** Builds the relay of a gateway to its site. */
export function createRelay(gateway: Pick<Gateway, 'admit'>, upstream: Pick<Upstream, 'call'>): Relay {
  return async ({ wire, call, request, contentType, body }) => {
    const { relayed: method, username, args } = call;
    const admitted = await gateway.admit(call);
    const used = admitted.ok ? admitted.value.used.kind : undefined;
    const outcome = { ...admitted, ...(used && { used }) };
    const reported = { ...report(method, args, username, outcome), relayed: true } as const;
    if (!admitted.ok) return { ok: false, refusal: admitted.refusal, report: reported };
    const { account } = admitted.value;
    const answer = await upstream.call({
      wire,
      method,
      account,
      provedBy:
        reported.auth === 'challenge' && used === 'password' ? 'challenge' : provedBy(admitted.value.used),
      caller: {
        agent: call.context.agent,
        address: call.context.address,
        scheme: request.scheme,
        request: request.request,
      },
      contentType,
      body: (credentials) => body(account.username, credentials),
      largestReply: request.largestReply,
    });
    if (answer.kind === 'failed') {
      const { reason, ms, status, cause } = answer;
      return {
        ...refuse(502),
        report: {
          ...reported,
          outcome: 502,
          ...(ms !== undefined && { upstreamMs: ms }),
          ...(status !== undefined && { upstreamStatus: status }),
          cause: new SiteFailed(reason, { cause }),
        },
      };
    }
    const { contentType: type, body: bytes, ms, release } = answer;
    const answered = { ...reported, upstreamMs: ms, upstreamStatus: 200 };
    return { ok: true, contentType: type, body: bytes, release, report: answered };
  };
}

/** How a caller proved who it is, but for the way in which a password was shown. */
export function provedBy(used: SecretUsed): ProvedBy {
  switch (used.kind) {
    case 'password':
    case 'bcrypt':
      return 'password';
    case 'clientKey':
      return 'client-key';
    case 'session':
      return 'session';
  }
}

const credentialNames: ReadonlySet<string> = new Set([
  ...['user', 'username', 'password', 'hpassword', 'auth_method', 'auth_challenge', 'auth_response'],
]);

/** Whether an argument says who calls, in any spelling: the site must not see it. */
export function isCredential(name: string): boolean {
  return credentialNames.has(name.trim().toLowerCase());
}
