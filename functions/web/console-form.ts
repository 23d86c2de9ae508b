/** The console's form, and the elements in which its script shows what it sent; the script unhides it. */
import type { Argument } from '../../core/protocol/methods/definition.ts';
import { methodHelp } from '../../core/protocol/methods/help.ts';
import { advertisedArguments, type Method, methodNames, methods } from '../../core/protocol/methods/table.ts';
import { type Attributes, choice, field, type Html, h, labelled } from './html.ts';
import type { DemoAccount } from './web-context.ts';

/** An option of a list: its value, its text, and attributes for the script. */
type Option = readonly [value: string, text: string, attributes?: Attributes];

function select(label: string, name: string, options: readonly Option[], extra = {}): Html {
  const id = `field-${name}`;
  const items = options.map(([value, text, attributes]) => h('option', { value, ...attributes }, text));
  return labelled(label, id, h('select', { id, name, ...extra }, ...items));
}

/** What a field contains before anybody types. */
const initial: Readonly<Record<string, string>> = { clientversion: 'Web-Console/1.0' };

/** The field of an argument. A flag is either sent as `1` or left out. */
function argumentField(method: Method, name: string, argument: Argument): Html {
  const label = argument.help === undefined ? name : `${name}: ${argument.help}`;
  const common = { name: `${method}-${name}`, 'data-argument': name };
  switch (argument.kind) {
    case 'boolean':
      return choice(label, { ...common, type: 'checkbox', value: '1' });
    case 'choice': {
      const options = Object.entries(argument.choices).map(
        ([value, text]) => [value, `${value}: ${text}`] as const,
      );
      return select(label, common.name, options, common);
    }
    case 'list':
      return field(label, { name: common.name, 'data-list': name, autocomplete: 'off' });
    case 'number':
      return field(label, { ...common, inputmode: 'numeric' });
    case 'text':
      return field(label, { ...common, value: initial[name] ?? '' });
  }
}

/** The arguments of a method; the script shows those of the method that is chosen. */
function argumentFields(method: Method): Html {
  const fields = advertisedArguments(method).map(([name, argument]) => argumentField(method, name, argument));
  if (fields.length === 0) return null;
  return h('fieldset', { 'data-method': method, hidden: true }, h('legend', null, 'Arguments'), ...fields);
}

/** What `system.methodHelp` says of a method. */
function methodDetails(method: Method): Html {
  const help = h('pre', { tabindex: 0, 'aria-label': `Help of ${method}` }, methodHelp(method));
  return h('details', { 'data-method': method, hidden: true }, h('summary', null, `Help of ${method}`), help);
}

/** The console. Only accounts with public passwords are filled in beforehand. */
export function consoleForm(demo: readonly DemoAccount[]): Html {
  const [first] = demo;
  const call = h(
    'div',
    { class: 'columns' },
    select('Wire', 'wire', [
      ['flat', 'flat'],
      ['xmlrpc', 'XML-RPC'],
    ]),
    select(
      'Method',
      'method',
      methodNames.map((name) => [
        name,
        name,
        { 'data-account': methods[name].account, selected: name === 'login' },
      ]),
    ),
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
    // Plain text where the password is public; browsers are not to store it in either case.
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
    ...methodNames.map(argumentFields),
    ...methodNames.map(methodDetails),
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
    h('p', { id: 'status', role: 'status' }),
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
