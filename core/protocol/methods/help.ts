/** The help of a method, for people who write clients: arguments, result, refusals, an example. */
import { type RefusalCode, refusalText } from '../refusal.ts';
import type { Argument } from './definition.ts';
import { type Method, methods } from './table.ts';

/** Any method may be refused so. @see PROTOCOL §6 */
const always: readonly RefusalCode[] = [202, 203, 500];
const forAccounts: readonly RefusalCode[] = [100, 101, 105, 200, 208, 309, 402, 501, 502, 507];
const whenLocked: readonly RefusalCode[] = [305, 308];

/** Plain text in lines of at most some hundred characters, the same for `system.methodHelp` and the front page. */
export function methodHelp(method: Method): string {
  const { help, result, example } = methods[method];
  const used = [...methods[method].reads].filter(([, { olderNameOf }]) => olderNameOf === undefined);
  return [
    help,
    section('Arguments', used.length === 0 ? ['none'] : columns(used.map(argumentLine))),
    section('Result', Object.keys(result).length === 0 ? ['empty'] : columns(Object.entries(result))),
    section('Refusals', refusalsOf(method)),
    section('Example, flat', [`mode=${method}${formOf(example)}`]),
    section('Example, XML-RPC', [`LJ.XMLRPC.${method}(${JSON.stringify(example)})`]),
  ].join('\n\n');
}

function section(title: string, lines: readonly string[]): string {
  return [title, ...lines.map((line) => `  ${line}`)].join('\n');
}

function columns(rows: readonly (readonly [name: string, text: string])[]): string[] {
  const width = Math.max(...rows.map(([name]) => name.length));
  return rows.map(([name, text]) => `${name.padEnd(width)}  ${text}`);
}

function argumentLine([name, argument]: readonly [string, Argument]): [string, string] {
  const label = name === 'username' ? 'username (flat: user)' : name;
  return [argument.kind === 'list' ? `${name} (flat: ${name}_id_ITEM)` : label, meaningOf(argument)];
}

function meaningOf(argument: Argument): string {
  if (argument.kind === 'choice') {
    return Object.entries(argument.choices)
      .map(([value, text]) => `${value} (${text})`)
      .join(', ');
  }
  return argument.help === undefined ? argument.kind : `${argument.kind}: ${argument.help}`;
}

function refusalsOf(method: Method): string[] {
  const definition = methods[method];
  const codes = [
    ...always,
    ...(definition.account === 'required' ? forAccounts : []),
    ...(definition.account === 'required' && definition.whenLocked === 'refused' ? whenLocked : []),
    ...(definition.refusals ?? []),
  ];
  return [...new Set(codes)].toSorted((a, b) => a - b).map((code) => `${code} ${refusalText({ code })}`);
}

/** The account is `user` in the flat form. */
function formOf(example: Readonly<Record<string, string>>): string {
  const fields = Object.entries(example).map(([name, value]) => {
    return `&${name === 'username' ? 'user' : name}=${encodeURIComponent(value)}`;
  });
  return fields.join('');
}
