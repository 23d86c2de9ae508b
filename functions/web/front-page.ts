/** The front page: what this server is, for people who write its clients. */
import { methodNames, methods, needsAccount } from '../../core/protocol/methods/table.ts';
import { consoleForm } from './console-form.ts';
import { type Html, h } from './html.ts';
import type { DemoAccount } from './web-context.ts';

const endpoints = [
  ['/interface/flat', 'flat: a form goes in, pairs of lines come out'],
  ['/cgi-bin/log.cgi', 'flat, under the name that older clients have built in'],
  ['/interface/xmlrpc', 'XML-RPC: LJ.XMLRPC.login and so on, and system.*'],
] as const;

const methodRows = methodNames.map((name) => {
  const { help } = methods[name];
  return [name, needsAccount(name) ? help : `${help} Takes no account.`] as const;
});

/** The content of the page. Without scripts it is all information and no console. */
export function frontContent(withConsole: boolean, demo: readonly DemoAccount[]): Html[] {
  return [
    h(
      'p',
      null,
      'This server speaks the ',
      h('strong', null, 'LiveJournal client protocol'),
      ': it answers log-ins and manages sessions, in both forms of the protocol.',
    ),
    h('p', null, h('a', { href: '/account' }, 'Your account'), ': your sessions, client keys and password.'),
    h('h2', null, 'Endpoints'),
    table('Path', 'What it takes', endpoints, (path) => ['POST ', h('code', null, path)]),
    h('h2', null, 'Methods'),
    table('Method', 'What it does', methodRows, (name) => [h('code', null, name)]),
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
