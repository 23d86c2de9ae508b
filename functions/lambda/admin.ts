/** The admin function's handler: an event names a verb, the answer is plain JSON, changes are audited. */
import { sentenceOf } from '../../infra/operations/trouble.ts';
import { type Desk, isVerb, type Verb, verbs, WrongInput } from '../../infra/operations/verbs.ts';
import { openDesk } from './desk.ts';
import type { Variables } from './world.ts';

/**
 * What the runtime says about an invocation. It does not say who invoked: Lambda checks the caller
 * under IAM and passes nothing on. `identity` is vouched for, but only Cognito sets it;
 * `clientContext` is what the caller says of itself. The name behind a line is in CloudTrail, whose
 * data event of the invocation has the same request id.
 * @see https://docs.aws.amazon.com/lambda/latest/dg/nodejs-context.html
 */
export interface AdminContext {
  readonly awsRequestId: string;
  readonly invokedFunctionArn?: string;
  readonly identity?: { readonly cognitoIdentityId?: string } | undefined;
  readonly clientContext?: unknown;
}

/** `failed`: try again or mend what it says; `wrong`: the event is not one that can be done. */
export type AdminAnswer =
  | { readonly ok: true; readonly verb: string; readonly result: unknown }
  | { readonly ok: false; readonly kind: 'failed' | 'wrong'; readonly error: string };

/** The handler of the admin function. */
export type AdminHandler = (event: unknown, context: AdminContext) => Promise<AdminAnswer>;

/** Builds the handler. `write` takes the lines of the audit. */
export function adminHandler(
  variables: Variables,
  write: (line: string) => void = (line) => process.stdout.write(line),
): AdminHandler {
  let opening: Promise<Desk> | undefined;
  return async (event, context) => {
    const read = readEvent(event);
    if (!read.ok) return { ok: false, kind: 'wrong', error: read.error };
    const { verb, name, input } = read;
    const audit = (outcome: 'done' | 'failed') => {
      if (!verb.changes) return;
      const line = { audit: name, on: input['username'] ?? null, ...facts(input, outcome), outcome };
      const head = { level: 'INFO', message: 'audit', timestamp: new Date().toISOString() };
      const tail = { by: callerOf(context), request: context.awsRequestId };
      write(`${JSON.stringify({ ...head, ...line, ...tail })}\n`);
    };
    let store = 'the store';
    try {
      opening ??= openDesk(variables);
      const desk = await opening;
      store = desk.store.description;
      const result = await verb.run(desk, input);
      audit('done');
      return { ok: true, verb: name, result };
    } catch (error) {
      const wrong = error instanceof WrongInput;
      if (store === 'the store') opening = undefined;
      if (!wrong) audit('failed');
      return { ok: false, kind: wrong ? 'wrong' : 'failed', error: sentenceOf(error, store) };
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

/** Members of an event that are no secret, once they were found to be what they should. */
const told = ['status', 'on', 'challenge', 'ids', 'all', 'name', 'key', 'userid', 'onConflict', 'dryRun'];

/** What an audit says of an event: of most members no more than that they were there. */
function facts(
  input: Readonly<Record<string, unknown>>,
  outcome: 'done' | 'failed',
): Record<string, unknown> {
  const open = outcome === 'done' ? told : [];
  const said = Object.entries(input).filter(([name]) => open.includes(name));
  const given = Object.keys(input).filter((name) => name !== 'username' && !open.includes(name));
  return { ...Object.fromEntries(said), ...(given.length > 0 && { given }) };
}

function callerOf({ identity, clientContext }: AdminContext): object {
  const vouched = identity?.cognitoIdentityId;
  return {
    cognito: vouched ?? null,
    claimed: clientContext === undefined ? null : JSON.stringify(clientContext).slice(0, 500),
  };
}
