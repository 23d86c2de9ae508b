/** A request's header as one text. */
import type { IncomingMessage } from 'node:http';

/** `name`: in lower case. Node makes a list of few headers that come twice; it is joined as RFC 9110 §5.3 has it. */
export function headerOf({ headers }: IncomingMessage, name: string): string | undefined {
  const value = headers[name];
  return typeof value === 'string' ? value : value?.join(', ');
}
