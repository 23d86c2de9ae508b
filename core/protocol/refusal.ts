/** All refusals, in one table for both wires. */

const texts = {
  100: 'Invalid username',
  101: 'Invalid password',
  105: 'Challenge expired',
  200: 'Missing required argument(s)',
  201: 'Unknown method',
  202: 'Too many arguments',
  203: 'Invalid argument(s)',
  208: 'Invalid text encoding',
  305: 'Action forbidden; account is suspended.',
  308: 'Account is locked and cannot be used.',
  309: 'Account is marked as a memorial.',
  402: 'Your IP address is temporarily banned for exceeding the login failure rate.',
  406: "Client is making repeated requests.  Perhaps it's broken?",
  500: 'Internal server error',
  501: 'Database error',
  502: 'Database temporarily unavailable',
  507: 'Method temporarily disabled; try again later.',
} as const;

/** A refusal's number on the wire. */
export type RefusalCode = keyof typeof texts;

/** Refusals that may name what was wrong. Clients compare the texts of the others. */
type DetailedCode = 200 | 201 | 202 | 203 | 208;

/** Why a call was refused. `detail` never holds anything internal. @see PROTOCOL §6 */
export type Refusal =
  | { readonly code: Exclude<RefusalCode, DetailedCode> }
  | { readonly code: DetailedCode; readonly detail?: string };

/** What a step of a call comes to. */
export type Outcome<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly refusal: Refusal };

/** A successful outcome. */
export function accept<T>(value: T): Outcome<T> {
  return { ok: true, value };
}

/** A refused outcome. */
export function refuse(
  ...[code, detail]: [code: Exclude<RefusalCode, DetailedCode>] | [code: DetailedCode, detail?: string]
): { readonly ok: false; readonly refusal: Refusal } {
  const refusal = (detail === undefined ? { code } : { code, detail }) as Refusal;
  return { ok: false, refusal };
}

/** Refuses a method by its name, so far as that is printable. @see PROTOCOL §6 */
export function unknownMethod(name: string) {
  return refuse(201, name.replace(/[^ -~]/gu, '?').slice(0, 100));
}

/** `Client error: ` from 200 up, `Server error: ` from 500 up. @see PROTOCOL §6 */
function prefix(code: RefusalCode): string {
  if (code >= 500) return 'Server error: ';
  return code >= 200 ? 'Client error: ' : '';
}

/** The text of a refusal as both wires send it. */
export function refusalText(refusal: Refusal): string {
  const text = prefix(refusal.code) + texts[refusal.code];
  return 'detail' in refusal && refusal.detail !== undefined ? `${text}: ${refusal.detail}` : text;
}
