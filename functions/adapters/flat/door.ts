/** The flat door: a form POST in, line pairs out. */
import { type AccountCall, argumentNames, type Call, isMethod } from '../../../core/call.ts';
import type { Gateway } from '../../../core/gateway.ts';
import { refusalText } from '../../../core/refusal.ts';
import { readUsername } from '../../../core/username.ts';
import { type Arguments, textOf, textOr, type Value } from '../../../core/values.ts';
import { type CallReport, charsetOf, type Door, type DoorReply, type DoorRequest, report } from '../door.ts';
import { decodeForm, type Form } from './form.ts';
import { type ReplyForm, writeReply } from './reply.ts';
import { type Pair, resultPairs } from './result.ts';

const contentType = 'text/plain; charset=utf-8';

/** Refusals of the flat form alone, which the protocol does not number; the log takes 200. */
type FormError = 'No mode specified.' | 'No username sent.' | `Unknown mode (${string})`;

/** Opens the flat door onto a gateway. @see PROTOCOL §7 */
export function flatDoor(gateway: Gateway): Door {
  return {
    wire: 'flat',
    async answer(request) {
      try {
        return await answer(gateway, request);
      } catch (cause) {
        return fail(refusalText({ code: 500 }), 'lines', { method: 'unknown', outcome: 500, cause });
      }
    },
    tooLarge(limit) {
      const text = `Client error: Request body is over ${limit} bytes.`;
      return fail(text, 'lines', { method: 'unknown', outcome: 203 });
    },
  };
}

async function answer(gateway: Gateway, request: DoorRequest): Promise<DoorReply> {
  const form = decodeForm(request.body, charsetOf(request.contentType));
  const replyForm = textOf(form.get('responseenc')) === 'urlenc' ? 'urlenc' : 'lines';
  const call = readCall(form, request.context);
  if ('error' in call) {
    return fail(`Client error: ${call.error}`, replyForm, { method: call.method, outcome: call.code });
  }
  const args = 'args' in call ? call.args : readArguments(form);
  const account = 'username' in call ? call.username : undefined;
  const answered = await gateway.answer(call);
  const entry = report(call.method, args, account, answered);
  if (!answered.ok) return fail(refusalText(answered.refusal), replyForm, entry);
  return reply([['success', 'OK'], ...resultPairs(answered.value)], replyForm, entry);
}

/** @see PROTOCOL §3 step 1 */
function readCall(
  form: Form,
  context: AccountCall['context'],
): Call | { readonly error: FormError; readonly method: string; readonly code: 200 | 201 } {
  const field = form.get('mode') ?? '';
  const mode = textOr(field, '?');
  if (mode === '') return { error: 'No mode specified.', method: 'unknown', code: 200 };
  if (mode === 'getchallenge') return { method: mode };
  const method = isMethod(mode) ? mode : undefined;
  const named = readUsername(form.get('user'));
  if (named.kind !== 'named') return { error: 'No username sent.', method: method ?? 'unknown', code: 200 };
  if (method === undefined || method === 'getchallenge') {
    return { error: `Unknown mode (${mode.slice(0, 100)})`, method: 'unknown', code: 201 };
  }
  return { method, username: named.username, args: readArguments(form), context };
}

/** `user` is what XML-RPC calls `username`; the fields `expire_id_N` that are true are its list `expire`. */
function readArguments(form: Form): Arguments {
  const args = new Map<string, Value>();
  for (const name of argumentNames) {
    const value = form.get(name === 'username' ? 'user' : name);
    if (value !== undefined) args.set(name, value);
  }
  const ids = form.names.filter((name) => name.startsWith('expire_id_') && form.isTrue(name));
  args.set(
    'expire',
    ids.map((name) => name.slice('expire_id_'.length)),
  );
  return args;
}

function reply(pairs: readonly Pair[], form: ReplyForm, entry: CallReport): DoorReply {
  return { body: writeReply(pairs, form), contentType, reports: [entry] };
}

/** A refusal carries these two keys and nothing else: an `ljsession` would be taken for a session. */
function fail(text: string, form: ReplyForm, entry: CallReport): DoorReply {
  return reply(
    [
      ['success', 'FAIL'],
      ['errmsg', text],
    ],
    form,
    entry,
  );
}
