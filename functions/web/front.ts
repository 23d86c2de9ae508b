/** The front page: what this server is, for people who write its clients. */
import { consoleForm } from './console.ts';
import { type Html, h } from './html.ts';
import type { DemoAccount } from './world.ts';

const doors = [
  ['/interface/flat', 'flat: a form goes in, pairs of lines come out'],
  ['/cgi-bin/log.cgi', 'flat, under the name that older clients have built in'],
  ['/interface/xmlrpc', 'XML-RPC: LJ.XMLRPC.login and so on, and system.*'],
] as const;

const methods = [
  ['getchallenge', 'gives a challenge, good once and for a minute; takes no account'],
  ['login', 'checks who is calling, gives what a client wants to know about the account'],
  ['sessiongenerate', 'makes a session, which a browser or program carries in place of the password'],
  ['sessionexpire', 'ends sessions: some, or all'],
] as const;

/** The content of the page. Without scripts it is all information and no console. */
export function frontContent(withConsole: boolean, demo: readonly DemoAccount[]): Html[] {
  return [
    h(
      'p',
      null,
      'This server speaks the ',
      h('strong', null, 'LiveJournal client protocol'),
      ': it logs programs in and keeps their sessions, in both spellings of the protocol.',
    ),
    h('p', null, h('a', { href: '/account' }, 'Your account'), ': your sessions, client keys and password.'),
    h('h2', null, 'Doors'),
    table('Path', 'What it speaks', doors, (path) => ['POST ', h('code', null, path)]),
    h('h2', null, 'Methods'),
    table('Method', 'What it does', methods, (name) => [h('code', null, name)]),
    withConsole ? consoleForm(demo) : null,
  ];
}

function table(
  first: string,
  second: string,
  rows: readonly (readonly [name: string, text: string])[],
  spell: (name: string) => Html[],
): Html {
  const head = [first, second].map((text) => h('th', { scope: 'col' }, text));
  const body = rows.map(([name, text]) => h('tr', null, h('td', null, ...spell(name)), h('td', null, text)));
  return h('table', null, h('thead', null, h('tr', null, ...head)), h('tbody', null, ...body));
}
