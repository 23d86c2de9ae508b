/** Requests that are no call, with the codes of the XML-RPC fault-code interoperability note. */

const texts = {
  [-32700]: 'XML not well formed',
  [-32701]: 'Unsupported encoding',
  [-32600]: 'Not a method call',
} as const;

/** Not well formed, not decodable, or well formed but no method call. */
export type UnreadableCode = keyof typeof texts;

/**
 * A body that cannot be read as a call. The message is sent to the client, and contains nothing of the body.
 * @see PROTOCOL §6
 */
export class Unreadable extends Error {
  override name = 'Unreadable';
  readonly code: UnreadableCode;

  constructor(code: UnreadableCode, why: string) {
    super(`${texts[code]}: ${why}`);
    this.code = code;
  }
}

/** @throws {Unreadable} -32700 */
export function notWellFormed(why: string): never {
  throw new Unreadable(-32700, why);
}

/** @throws {Unreadable} -32600 */
export function notACall(why: string): never {
  throw new Unreadable(-32600, why);
}
