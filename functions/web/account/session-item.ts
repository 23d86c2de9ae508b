/** One session in the list: first what its owner recognises, and the button to end it. */
import type { Session } from '../../../core/sessions/session.ts';
import { clientName } from '../client-name.ts';
import { type Html, h, moment } from '../html.ts';
import { type OwnerRequest, tokenField } from '../page-request.ts';

/** The item. This browser's own session has no button: signing out ends it. */
export function sessionItem(request: OwnerRequest, session: Session): Html {
  const isCurrent = session.id === request.verified.session.id;
  const name = clientName(session.agent);
  const from = session.network === undefined ? 'from any address' : `only from ${session.network}`;
  const row = (title: string, ...value: readonly Html[]) =>
    h('div', null, h('dt', null, title), h('dd', null, ...value));
  return h(
    'li',
    { class: isCurrent ? 'card current' : 'card' },
    h(
      'div',
      { class: 'head' },
      h('h2', null, h('bdi', null, name), isCurrent && h('span', { class: 'badge' }, 'this browser')),
      !isCurrent && endForm(request, session, name),
    ),
    h(
      'dl',
      null,
      row('Since', moment(session.created)),
      row('Last used', isCurrent ? 'now' : moment(session.lastUsed ?? session.created)),
      row('Until', moment(session.expires)),
      row('Valid', from),
      row('Made with', madeWith(request, session)),
    ),
    h(
      'details',
      null,
      h('summary', null, 'Details'),
      h('p', { class: 'agent' }, `Number ${session.id}`),
      session.agent !== undefined && name !== session.agent && h('p', { class: 'agent' }, session.agent),
    ),
  );
}

function endForm({ token }: OwnerRequest, { id }: Session, name: string): Html {
  const label = `End the session of ${name}, number ${id}`;
  return h(
    'form',
    { method: 'post', action: '/account/sessions/end' },
    tokenField(token),
    h('button', { type: 'submit', class: 'quiet', name: 'id', value: id, 'aria-label': label }, 'End'),
  );
}

function madeWith({ verified }: OwnerRequest, { via }: Session): Html {
  switch (via?.by) {
    case 'password':
      return 'your password';
    case 'clientKey': {
      const key = verified.account.clientKeys.find(({ id }) => id === via.key);
      return key ? ['the client key ', h('bdi', null, key.name)] : 'a client key';
    }
    case 'site':
      return 'this site';
    case undefined:
      return 'not known';
  }
}
