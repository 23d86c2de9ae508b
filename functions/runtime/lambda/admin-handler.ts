/** The admin function's handler: an event names a verb, the answer is JSON, and changes are written to an audit log. */
import { openOnce } from '../../../infra/open-once.ts';
import { auditLine } from '../../../infra/operations/audit-line.ts';
import { explainError } from '../../../infra/operations/explain-error.ts';
import { type Verb, WrongInput } from '../../../infra/operations/verb-definition.ts';
import { isVerb, verbs } from '../../../infra/operations/verbs.ts';
import type { Variables } from '../../../infra/settings-reader.ts';
import type { OpenStore, StoreOpener } from '../../../infra/stores/open-store.ts';
import { openAdminContext } from './admin-context.ts';
import { deploymentOf } from './deployment.ts';

/**
 * What the runtime says about an invocation. It does not say who the caller is: Lambda checks the caller under IAM
 * and does not pass the name on. `identity` can be trusted, but only Cognito sets it; `clientContext` is the caller's
 * own claim. The caller's name is in CloudTrail, in the data event with the same request id.
 * @see https://docs.aws.amazon.com/lambda/latest/dg/nodejs-context.html
 */
export interface AdminContext {
  readonly awsRequestId: string;
  readonly invokedFunctionArn?: string;
  readonly identity?: { readonly cognitoIdentityId?: string } | undefined;
  readonly clientContext?: unknown;
}

/** `failed`: retry, or correct what the message names. `wrong`: the event is not valid. */
export type AdminAnswer =
  | { readonly ok: true; readonly verb: string; readonly result: unknown }
  | { readonly ok: false; readonly kind: 'failed' | 'wrong'; readonly error: string };

/** The handler of the admin function. */
export type AdminHandler = (event: unknown, context: AdminContext) => Promise<AdminAnswer>;

/** Builds the handler. `write` writes the lines of the audit log. */
export function adminHandler(
  openStore: StoreOpener<OpenStore>,
  variables: Variables,
  write: (line: string) => void = (line) => process.stdout.write(line),
): AdminHandler {
  const opened = openOnce(() => openAdminContext(openStore, variables));
  const deployment = deploymentOf(variables);
  return async (event, context) => {
    const read = readEvent(event);
    if (!read.ok) return { ok: false, kind: 'wrong', error: read.error };
    const { verb, name, input } = read;
    const audit = (outcome: 'done' | 'failed') => {
      if (!verb.changes) return;
      const line = auditLine(name, input, outcome);
      const head = { level: 'INFO', message: 'audit', timestamp: new Date().toISOString(), ...deployment };
      const tail = { by: callerOf(context), request: context.awsRequestId };
      write(`${JSON.stringify({ ...head, ...line, ...tail })}\n`);
    };
    let store = 'the store';
    try {
      const operator = await opened();
      store = operator.store.description;
      const result = await verb.run(operator, input);
      audit('done');
      return { ok: true, verb: name, result };
    } catch (error) {
      const wrong = error instanceof WrongInput;
      if (!wrong) audit('failed');
      return { ok: false, kind: wrong ? 'wrong' : 'failed', error: explainError(error, store) };
    }
  };
}

type ReadEvent =
  | { readonly ok: true; readonly name: string; readonly verb: Verb; readonly input: Record<string, unknown> }
  | { readonly ok: false; readonly error: string };

function readEvent(event: unknown): ReadEvent {
  const known = `the verbs are ${Object.keys(verbs).join(', ')}`;
  if (typeof event !== 'object' || event === null || Array.isArray(event)) {
    return { ok: false, error: `the event must be an object with a verb; ${known}` };
  }
  const { verb: name, ...input } = { verb: undefined, ...event };
  if (typeof name !== 'string') return { ok: false, error: `the event names no verb; ${known}` };
  if (!isVerb(name))
    return { ok: false, error: `there is no verb ${JSON.stringify(name).slice(0, 60)}; ${known}` };
  return { ok: true, name, verb: verbs[name], input };
}

function callerOf({ identity, clientContext }: AdminContext): object {
  const vouched = identity?.cognitoIdentityId;
  return {
    cognito: vouched ?? null,
    claimed: clientContext === undefined ? null : JSON.stringify(clientContext).slice(0, 500),
  };
}
