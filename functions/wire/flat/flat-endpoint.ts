/** The flat endpoint: a form POST in, line pairs out. */

import { readUsername } from '../../../core/accounts/username.ts';
import { type Call, type RelayedMethod, relayedMethod } from '../../../core/protocol/call.ts';
import type { Context } from '../../../core/protocol/context.ts';
import type { Gateway } from '../../../core/protocol/gateway.ts';
import { everyArgument, isMethod, needsAccount } from '../../../core/protocol/methods/table.ts';
import { refusalText } from '../../../core/protocol/refusal.ts';
import { type Arguments, textOf, textOr, type Value } from '../../../core/protocol/values.ts';
import {
  type CallReport,
  charsetOf,
  type Endpoint,
  type EndpointReply,
  type EndpointRequest,
  report,
} from '../endpoint.ts';
import { formOf, formType } from '../relay/flat-call.ts';
import type { Relay } from '../relay/relay.ts';
import { bodyLimit } from '../routes.ts';
import { type ReplyForm, writeReply } from './flat-reply.ts';
import { type Pair, resultPairs } from './flat-results.ts';
import { decodeForm, type Form } from './form.ts';

const contentType = 'text/plain; charset=utf-8';

/** Refusals of the flat form alone, which the protocol does not number; the log takes 200. */
type FormError = 'No mode specified.' | 'No username sent.' | `Unknown mode (${string})`;

/** The flat endpoint of a gateway, and of the site behind it where there is one. @see PROTOCOL §7, §10 */
export function flatEndpoint(gateway: Pick<Gateway, 'answer'>, relay?: Relay): Endpoint {
  const tooLarge = (limit: number): EndpointReply => {
    const text = `Client error: Request body is over ${limit} bytes.`;
    return fail(text, 'lines', { method: 'unknown', outcome: 203 });
  };
  return {
    wire: 'flat',
    relays: relay !== undefined,
    async answer(request) {
      try {
        const form = decodeForm(request.body, charsetOf(request.contentType));
        const mode = textOr(form.get('mode') ?? '', '?');
        const relayed = relay && relayedMethod(mode);
        if (relay && relayed) return await relayCall(relay, relayed, form, request);
        if (relay && request.body.length > bodyLimit) return { ...tooLarge(bodyLimit), tooLarge: true };
        return await answer(gateway, form, mode, request);
      } catch (cause) {
        return fail(refusalText({ code: 500 }), 'lines', { method: 'unknown', outcome: 500, cause });
      }
    },
    tooLarge,
    refuse: (code) => fail(refusalText({ code }), 'lines', { method: 'unknown', outcome: code }),
  };
}

function replyFormOf(form: Form): ReplyForm {
  return textOf(form.get('responseenc')) === 'urlenc' ? 'urlenc' : 'lines';
}

async function relayCall(
  relay: Relay,
  method: RelayedMethod,
  form: Form,
  { context, facts, contentType }: EndpointRequest,
): Promise<EndpointReply> {
  const named = readUsername(form.get('user'));
  if (named.kind !== 'named') {
    return fail('Client error: No username sent.', replyFormOf(form), { method, outcome: 200 });
  }
  const relayed = await relay({
    wire: 'flat',
    call: { relayed: method, username: named.username, args: readArguments(form), context },
    request: facts,
    contentType: formType(contentType),
    body: (username, credentials) => formOf(form, username, credentials),
  });
  if (!relayed.ok) return fail(refusalText(relayed.refusal), replyFormOf(form), relayed.report);
  const { contentType: type, body, release, report: entry } = relayed;
  return { contentType: type, body, release, reports: [entry] };
}

async function answer(
  gateway: Pick<Gateway, 'answer'>,
  form: Form,
  mode: string,
  request: EndpointRequest,
): Promise<EndpointReply> {
  const replyForm = replyFormOf(form);
  const call = readCall(form, mode, request.context);
  if ('error' in call) {
    return fail(`Client error: ${call.error}`, replyForm, { method: call.method, outcome: call.code });
  }
  const account = 'username' in call ? call.username : undefined;
  const answered = await gateway.answer(call);
  const entry = report(call.method, call.args, account, answered);
  if (!answered.ok) return fail(refusalText(answered.refusal), replyForm, entry);
  return reply([['success', 'OK'], ...resultPairs(answered.value)], replyForm, entry);
}

/** @see PROTOCOL §3 step 1 */
function readCall(
  form: Form,
  mode: string,
  context: Context,
): Call | { readonly error: FormError; readonly method: string; readonly code: 200 | 201 } {
  if (mode === '') return { error: 'No mode specified.', method: 'unknown', code: 200 };
  const method = isMethod(mode) ? mode : undefined;
  if (method !== undefined && !needsAccount(method)) return { method, args: readArguments(form), context };
  const named = readUsername(form.get('user'));
  if (named.kind !== 'named') return { error: 'No username sent.', method: method ?? 'unknown', code: 200 };
  if (method === undefined) {
    return { error: `Unknown mode (${mode.slice(0, 100)})`, method: 'unknown', code: 201 };
  }
  return { method, username: named.username, args: readArguments(form), context };
}

/** `user` is what XML-RPC calls `username`; a list `NAME` is spelled as fields `NAME_id_ITEM` that are true. */
function readArguments(form: Form): Arguments {
  const args = new Map<string, Value>();
  for (const [name, { kind }] of everyArgument) {
    const value =
      kind === 'list' ? readList(form, `${name}_id_`) : form.get(name === 'username' ? 'user' : name);
    if (value !== undefined) args.set(name, value);
  }
  return args;
}

function readList(form: Form, prefix: string): string[] {
  const fields = form.names.filter((name) => name.startsWith(prefix) && form.isTrue(name));
  return fields.map((name) => name.slice(prefix.length));
}

function reply(pairs: readonly Pair[], form: ReplyForm, entry: CallReport): EndpointReply {
  return { body: writeReply(pairs, form), contentType, reports: [entry] };
}

/** A refusal carries these two keys and nothing else: an `ljsession` would be taken for a session. */
function fail(text: string, form: ReplyForm, entry: CallReport): EndpointReply {
  return reply(
    [
      ['success', 'FAIL'],
      ['errmsg', text],
    ],
    form,
    entry,
  );
}
