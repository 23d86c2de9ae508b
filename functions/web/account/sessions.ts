/** An account's sessions: which client or browser each is, and an end to those that should not be. */
import { isAlive, parseSessionId, rowLifetime, type Session } from '../../../core/session.ts';
import { clientName } from '../agent.ts';
import { sessionCookie } from '../cookie.ts';
import { type Html, h, moment, notice } from '../html.ts';
import { type Done, type Sent, type SignedIn, showTo, tokenField } from '../visit.ts';

/** What is said after something was done, by the word that the address carries. */
const done = new Map([
  ['one', 'The session is ended.'],
  ['others', 'All your other sessions are ended.'],
  ['password', 'Your password is changed, and all your other sessions are ended.'],
]);

/** The list, this browser first, then the newest. */
export async function sessionsPage(visit: SignedIn): Promise<Response> {
  const sessions = await aliveSessions(visit);
  const current = visit.held.session;
  const others = sessions.filter(({ id }) => id !== current.id).toSorted((a, b) => b.created - a.created);
  const said = done.get(visit.c.req.query('done') ?? '');
  const list = h(
    'ul',
    { class: 'sessions' },
    sessionItem(visit, current),
    ...others.map((session) => sessionItem(visit, session)),
  );
  const all = h(
    'div',
    { class: 'actions' },
    others.length > 0 && button(visit, 'others', 'End all other sessions'),
    button(visit, 'all', 'End all, this one too', 'danger'),
  );
  const intro = h(
    'p',
    null,
    'Every browser and program that is signed in to your account. What you end here is signed out at once.',
  );
  return showTo(visit, { title: 'Your sessions', here: '/account' }, [
    said !== undefined && notice('done', said),
    intro,
    list,
    all,
  ]);
}

async function aliveSessions({ world, held }: SignedIn): Promise<readonly Session[]> {
  const { ports, operator } = world;
  const sessions = await operator.store.admin.sessions.ofOwner(held.account.username);
  const now = Math.floor(ports.clock.now() / 1000);
  return sessions.filter((session) => isAlive(session, held.account, now));
}

function sessionItem(visit: SignedIn, session: Session): Html {
  const isCurrent = session.id === visit.held.session.id;
  const name = clientName(session.agent);
  const place = session.network === undefined ? 'from any address' : `only from ${session.network}`;
  return h(
    'li',
    { class: isCurrent ? 'card current' : 'card' },
    h('h2', null, h('bdi', null, name), isCurrent && h('span', { class: 'badge' }, 'this browser')),
    name === session.agent || session.agent === undefined ? null : h('p', { class: 'agent' }, session.agent),
    h(
      'dl',
      null,
      h('div', null, h('dt', null, 'Since'), h('dd', null, moment(session.created))),
      h('div', null, h('dt', null, 'Until'), h('dd', null, moment(session.expires))),
      h('div', null, h('dt', null, 'Valid'), h('dd', null, place)),
      h('div', null, h('dt', null, 'Number'), h('dd', null, String(session.id))),
    ),
    !isCurrent &&
      h(
        'form',
        { method: 'post', action: '/account/sessions/end' },
        tokenField(visit.token),
        h(
          'button',
          {
            type: 'submit',
            class: 'quiet',
            name: 'id',
            value: session.id,
            'aria-label': `End session ${session.id}`,
          },
          'End',
        ),
      ),
  );
}

function button(visit: SignedIn, which: 'others' | 'all', text: string, kind?: string): Html {
  return h(
    'form',
    { method: 'post', action: '/account/sessions/end' },
    tokenField(visit.token),
    h('button', { type: 'submit', name: 'which', value: which, class: kind }, text),
  );
}

/** Ends one session, all others or all. When it answers, they are over everywhere. */
export async function endSessions(visit: SignedIn & Sent): Promise<Done> {
  const { c, world, held, form, secure } = visit;
  const { username } = held.account;
  const report = { method: 'endsessions', account: username, auth: 'cookie', outcome: 'ok' } as const;
  if (form.get('which') === 'all') {
    await world.ports.accounts.endSessions(username);
    c.header('Set-Cookie', sessionCookie('', { secure, maxAge: 0 }), { append: true });
    return { response: c.redirect('/account/signin', 303), report };
  }
  const others = form.get('which') === 'others';
  const one = parseSessionId(form.get('id') ?? '');
  const ids = others
    ? (await aliveSessions(visit)).map(({ id }) => id).filter((id) => id !== held.session.id)
    : [one].filter((id) => id !== undefined);
  const now = Math.floor(world.ports.clock.now() / 1000);
  if (ids.length > 0) await world.ports.sessions.expire(username, ids, now + rowLifetime);
  return { response: c.redirect(`/account?done=${others ? 'others' : 'one'}`, 303), report };
}
