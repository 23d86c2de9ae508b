/** Client keys: a secret for each program, in place of the password. */
import type { ClientKey, ClientKeyId } from '../../../core/account.ts';
import { addKey, type NewKey, revokeKey } from '../../../infra/operations/keys.ts';
import { Refused } from '../../../infra/operations/operator.ts';
import { field, type Html, h, moment, notice } from '../html.ts';
import { type Done, type Sent, type SignedIn, showTo, tokenField } from '../visit.ts';
import { confirmPassword } from './confirm.ts';

/** What there is to say above the list. */
interface News {
  readonly added?: NewKey;
  readonly problem?: string;
  /** The name to fill in again. */
  readonly name?: string;
  readonly status?: 422 | 429;
}

/** The list, and the form for another. */
export function keysPage(visit: SignedIn, { added, problem, name, status }: News = {}) {
  const keys = visit.held.account.clientKeys;
  const intro = h(
    'p',
    null,
    'Give each program a key of its own in place of your password. It works wherever the password does, ' +
      'and you can revoke it without the others.',
  );
  const list =
    keys.length === 0
      ? h('p', { class: 'empty' }, 'You have no client keys.')
      : h('ul', { class: 'keys' }, ...keys.map((key) => keyItem(visit, key)));
  const revoked = visit.c.req.query('done') === 'revoked' && notice('done', 'The key is revoked.');
  const content = [
    added ? secretOnce(added) : revoked,
    problem ? notice('wrong', problem) : null,
    intro,
    list,
  ];
  const page = { title: 'Client keys', here: '/account/keys' };
  return showTo(visit, page, [...content, keyForm(visit, name ?? '')], status);
}

function secretOnce({ name, secret }: NewKey): Html {
  return h(
    'div',
    { class: 'notice done', role: 'status' },
    h('p', null, 'The key “', h('bdi', null, name), '” is made. This is the only time that it is shown:'),
    h('p', null, h('code', { class: 'secret', id: 'secret' }, secret)),
    h('p', null, 'Put it where the program asks for your password.'),
  );
}

function keyItem({ token }: SignedIn, { id, name, created, lastUsed }: ClientKey): Html {
  const used = lastUsed === undefined ? 'never' : moment(lastUsed);
  return h(
    'li',
    { class: 'card' },
    h('h2', null, h('bdi', null, name)),
    h(
      'dl',
      null,
      h('div', null, h('dt', null, 'Made'), h('dd', null, moment(created))),
      h('div', null, h('dt', null, 'Last used'), h('dd', null, used)),
    ),
    h(
      'form',
      { method: 'post', action: '/account/keys/revoke' },
      tokenField(token),
      h(
        'button',
        { type: 'submit', class: 'quiet', name: 'id', value: id, 'aria-label': `Revoke ${name}` },
        'Revoke',
      ),
    ),
  );
}

function keyForm({ token }: SignedIn, name: string): Html {
  return h(
    'form',
    { method: 'post', action: '/account/keys', class: 'card' },
    h('h2', null, 'Another key'),
    tokenField(token),
    field(
      'Name',
      { name: 'name', type: 'text', value: name, maxlength: 100, required: true, autocomplete: 'off' },
      'What is it for? For example “desktop client” or “phone”.',
    ),
    field('Your password', {
      name: 'password',
      type: 'password',
      autocomplete: 'current-password',
      maxlength: 1000,
      required: true,
    }),
    h('button', { type: 'submit' }, 'Make a key'),
  );
}

/** Makes a key. Takes the password: a key would outlive the session that made it. */
export async function makeKey(visit: SignedIn & Sent): Promise<Done> {
  const { world, held, form } = visit;
  const { username } = held.account;
  const name = (form.get('name') ?? '').trim();
  const report = { method: 'addkey', account: username, auth: 'cookie' } as const;
  const wrong = await confirmPassword(visit);
  if (wrong) {
    const response = keysPage(visit, { problem: wrong.text, name, status: wrong.status });
    return { response, report: { ...report, outcome: wrong.code } };
  }
  try {
    const added = await addKey(world.operator, username, name);
    const records = await world.ports.records.read({ account: username, sessions: [], refusals: [] });
    const account = records.account ?? held.account;
    const response = keysPage({ ...visit, held: { ...held, account } }, { added });
    return { response, report: { ...report, outcome: 'ok' } };
  } catch (error) {
    if (!(error instanceof Refused)) throw error;
    const problem = problemOf(held.account.clientKeys, name);
    const response = keysPage(visit, { problem, name, status: 422 });
    return { response, report: { ...report, outcome: 203 } };
  }
}

/** Why a key was refused, in words for its owner; operators get others. */
function problemOf(keys: readonly ClientKey[], name: string): string {
  if (name === '') return 'Give the key a name.';
  if (name.length > 100) return 'The name is too long: 100 characters are the most.';
  if (keys.some((key) => key.name === name))
    return 'You have a key of that name already. Choose another name.';
  return 'The key could not be made. If you have many keys, revoke one first.';
}

/** Revokes a key: no program gets in with it any more. One that is gone already is no error. */
export async function dropKey({ c, world, held, form }: SignedIn & Sent): Promise<Done> {
  const { username, clientKeys } = held.account;
  const key = clientKeys.find(({ id }) => id === (form.get('id') as ClientKeyId | null));
  if (key) {
    await revokeKey(world.operator, username, key.id).catch((error: unknown) => {
      if (!(error instanceof Refused)) throw error;
    });
  }
  const report = { method: 'revokekey', account: username, auth: 'cookie', outcome: 'ok' } as const;
  return { response: c.redirect('/account/keys?done=revoked', 303), report };
}
