/** The console's form and the places for what it shows; its script unhides it. */
import { choice, field, type Html, h } from './html.ts';
import type { DemoAccount } from './world.ts';

/** A box for an argument that is either sent as `1` or left out. */
function flag(name: string): Html {
  return choice(name, { type: 'checkbox', name, value: '1', 'data-argument': name });
}

function select(
  label: string,
  name: string,
  options: readonly (readonly [string, string])[],
  extra = {},
): Html {
  const id = `field-${name}`;
  return h(
    'div',
    { class: 'field' },
    h('label', { for: id }, label),
    h('select', { id, name, ...extra }, ...options.map(([value, text]) => h('option', { value }, text))),
  );
}

function args(method: string, ...content: Html[]): Html {
  return h('fieldset', { 'data-method': method, hidden: true }, h('legend', null, 'Arguments'), ...content);
}

/** The console. Whoever visits fills it in; only accounts with public passwords are there before. */
export function consoleForm(demo: readonly DemoAccount[]): Html {
  const [first] = demo;
  const call = h(
    'div',
    { class: 'columns' },
    select('Wire', 'wire', [
      ['flat', 'flat'],
      ['xmlrpc', 'XML-RPC'],
    ]),
    select('Method', 'method', [
      ['login', 'login'],
      ['sessiongenerate', 'sessiongenerate'],
      ['sessionexpire', 'sessionexpire'],
      ['getchallenge', 'getchallenge'],
    ]),
  );
  const who = h(
    'div',
    { id: 'who', class: 'columns' },
    select('Authentication', 'auth', [
      ['challenge', 'challenge: the password is not sent'],
      ['clear', 'clear: the password as it is'],
      ['hpassword', 'clear: its MD5, hpassword'],
      ['cookie', 'cookie: the session of this browser'],
    ]),
    field('Username', {
      name: 'username',
      value: first?.username ?? '',
      list: 'demo-accounts',
      autocomplete: 'off',
      autocapitalize: 'none',
      spellcheck: 'false',
    }),
    // A plain text field where the password is public anyway, and never one for browsers to remember.
    field('Password or client key', {
      name: 'password',
      type: first ? 'text' : 'password',
      value: first?.password ?? '',
      autocomplete: 'off',
    }),
    h(
      'datalist',
      { id: 'demo-accounts' },
      ...demo.map(({ username, password }) => h('option', { value: username, 'data-password': password })),
    ),
  );
  const form = h(
    'form',
    { class: 'card' },
    call,
    who,
    args(
      'login',
      field('clientversion', {
        name: 'clientversion',
        value: 'Web-Console/1.0',
        'data-argument': 'clientversion',
      }),
      field('getmoods: moods above this number', {
        name: 'getmoods',
        'data-argument': 'getmoods',
        inputmode: 'numeric',
      }),
      ...['getmenus', 'getpickws', 'getpickwurls', 'getcaps'].map(flag),
    ),
    args(
      'sessiongenerate',
      select(
        'expiration',
        'expiration',
        [
          ['short', 'short: 24 hours'],
          ['long', 'long: 30 days'],
        ],
        { 'data-argument': 'expiration' },
      ),
      flag('ipfixed'),
    ),
    args(
      'sessionexpire',
      field(
        'expire: numbers of sessions',
        { name: 'expire', autocomplete: 'off' },
        'The third part of ws:USER:ID:AUTH.',
      ),
      flag('expireall'),
    ),
    h('div', { class: 'actions' }, h('button', { type: 'submit' }, 'Send')),
  );
  const exchange = h(
    'template',
    { id: 'exchange' },
    h('h3', null),
    h(
      'div',
      { class: 'columns' },
      h('pre', { class: 'request', tabindex: 0, 'aria-label': 'Raw request' }),
      h('pre', { class: 'reply', tabindex: 0, 'aria-label': 'Raw reply' }),
    ),
  );
  return h(
    'section',
    { id: 'console', 'aria-labelledby': 'console-title', hidden: true },
    h('h2', { id: 'console-title' }, 'Protocol console'),
    form,
    h('p', { id: 'said', role: 'status' }),
    exchange,
    h('div', { id: 'exchanges' }),
    h('h3', null, 'The same call with curl'),
    h('pre', { id: 'curl', tabindex: 0, 'aria-label': 'curl command' }),
    h('button', { type: 'button', class: 'quiet', 'data-copy': 'curl' }, 'Copy as curl'),
    h('h3', null, 'The same call in Python'),
    h('pre', { id: 'python', tabindex: 0, 'aria-label': 'Python program' }),
    h('button', { type: 'button', class: 'quiet', 'data-copy': 'python' }, 'Copy as Python'),
  );
}
