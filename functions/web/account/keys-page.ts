/** Client keys: a secret for each program, in place of the password. */
import type { ClientKey } from '../../../core/accounts/account.ts';
import { addKey, type NewKey, revokeKey } from '../../../infra/operations/key-operations.ts';
import { ConfirmationOutdated, OperationRefused } from '../../../infra/operations/operator-context.ts';
import { field, type Html, h, moment, notice, passwordField } from '../html.ts';
import {
  type FormResult,
  type OwnerRequest,
  type SubmittedForm,
  showTo,
  tokenField,
} from '../page-request.ts';
import {
  asksForPassword,
  confirmationOutdated,
  confirmIfAsked,
  confirmPassword,
} from './confirm-password.ts';

/** What is shown above the list. */
interface KeysPageState {
  readonly added?: NewKey;
  readonly problem?: string;
  /** The name to fill in again. */
  readonly name?: string;
  readonly status?: 422 | 429;
}

/** The list, and the form for a new key. */
export function keysPage(request: OwnerRequest, { added, problem, name, status }: KeysPageState = {}) {
  const keys = request.verified.account.clientKeys;
  const intro = h(
    'p',
    null,
    'Give each program a key of its own instead of your password. A key works wherever the password does, ' +
      'and you can revoke one without the others.',
  );
  const list =
    keys.length === 0
      ? h('p', { class: 'empty' }, 'You have no client keys.')
      : h(
          'form',
          { method: 'post', action: '/account/keys/revoke' },
          tokenField(request.token),
          h('ul', { class: 'keys' }, ...keys.map(keyItem)),
          asksForPassword(request) && passwordField('Your password, to revoke a key', 'revoke-password'),
        );
  const revoked = request.c.req.query('done') === 'revoked' && notice('done', 'The key is revoked.');
  const content = [
    added ? secretOnce(added) : revoked,
    problem ? notice('wrong', problem) : null,
    intro,
    list,
  ];
  const page = { title: 'Client keys', here: '/account/keys' };
  return showTo(request, page, [...content, keyForm(request, name ?? '')], status);
}

function secretOnce({ name, secret }: NewKey): Html {
  return h(
    'div',
    { class: 'notice done', role: 'status' },
    h('p', null, 'The key “', h('bdi', null, name), '” was made. It is shown only this once:'),
    h('p', null, h('code', { class: 'secret', id: 'secret' }, secret)),
    h('p', null, 'Enter it where the program asks for your password.'),
  );
}

function keyItem({ id, name, created, lastUsed }: ClientKey): Html {
  const used = lastUsed === undefined ? 'never' : moment(lastUsed);
  return h(
    'li',
    { class: 'card' },
    h(
      'div',
      { class: 'head' },
      h('h2', null, h('bdi', null, name)),
      h(
        'button',
        { type: 'submit', class: 'quiet', name: 'id', value: id, 'aria-label': `Revoke ${name}` },
        'Revoke',
      ),
    ),
    h(
      'dl',
      null,
      h('div', null, h('dt', null, 'Made'), h('dd', null, moment(created))),
      h('div', null, h('dt', null, 'Last used'), h('dd', null, used)),
    ),
  );
}

function keyForm({ token }: OwnerRequest, name: string): Html {
  return h(
    'form',
    { method: 'post', action: '/account/keys', class: 'card' },
    h('h2', null, 'New key'),
    tokenField(token),
    field(
      'Name',
      { name: 'name', type: 'text', value: name, maxlength: 100, required: true, autocomplete: 'off' },
      'What is it for? For example “desktop client” or “phone”.',
    ),
    passwordField('Your password'),
    h('button', { type: 'submit' }, 'Make a key'),
  );
}

/** Makes a key. Asks for the password, because a key outlives the session that made it. */
export async function makeKey(request: OwnerRequest & SubmittedForm): Promise<FormResult> {
  const { services, verified, form } = request;
  const { username } = verified.account;
  const name = (form.get('name') ?? '').trim();
  const report = { method: 'addkey', account: username, auth: 'cookie' } as const;
  const wrong = await confirmPassword(request);
  if (wrong) {
    const response = keysPage(request, { problem: wrong.text, name, status: wrong.status });
    return { response, report: { ...report, outcome: wrong.code } };
  }
  try {
    const added = await addKey(services.operator, username, name, verified.account);
    const records = await services.ports.records.read({ account: username, sessions: [], refusals: [] });
    const account = records.account ?? verified.account;
    const response = keysPage({ ...request, verified: { ...verified, account } }, { added });
    return { response, report: { ...report, outcome: 'ok' } };
  } catch (error) {
    if (error instanceof ConfirmationOutdated) return confirmationOutdated(request, report);
    if (!(error instanceof OperationRefused)) throw error;
    const problem = problemOf(verified.account.clientKeys, name);
    const response = keysPage(request, { problem, name, status: 422 });
    return { response, report: { ...report, outcome: 203 } };
  }
}

/** Why a key was refused, in words for the account holder; operators get other words. */
function problemOf(keys: readonly ClientKey[], name: string): string {
  if (name === '') return 'Give the key a name.';
  if (name.length > 100) return 'The name is too long: use at most 100 characters.';
  if (keys.some((key) => key.name === name))
    return 'You already have a key with that name. Choose another name.';
  if (/[\p{C}\u2028\u2029]/u.test(name)) return 'The name may have printable characters only.';
  return 'The key could not be made. If you have many keys, revoke one first.';
}

/** Revokes a key, which ends the sessions that it made. One that is revoked already is no error. */
export async function dropKey(request: OwnerRequest & SubmittedForm): Promise<FormResult> {
  const { c, services, verified, form } = request;
  const { username, clientKeys } = verified.account;
  const key = clientKeys.find(({ id }) => id === form.get('id'));
  const report = { method: 'revokekey', account: username, auth: 'cookie' } as const;
  const wrong = await confirmIfAsked(request);
  if (wrong) {
    const response = keysPage(request, { problem: wrong.text, status: wrong.status });
    return { response, report: { ...report, outcome: wrong.code } };
  }
  try {
    if (key) await revokeKey(services.operator, username, key.id, verified.account);
  } catch (error) {
    if (error instanceof ConfirmationOutdated) return confirmationOutdated(request, report);
    if (!(error instanceof OperationRefused)) throw error;
  }
  return { response: c.redirect('/account/keys?done=revoked', 303), report: { ...report, outcome: 'ok' } };
}
