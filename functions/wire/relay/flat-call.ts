/** A call for the site in the flat form: a form with each field once. @see PROTOCOL §10 */
import type { Credential } from '../../../infra/upstream/upstream.ts';
import { charsetOf } from '../endpoint.ts';
import type { Form } from '../flat/form.ts';
import { isCredential } from './relay.ts';

/** The type of a form, with the charset that the client named. */
export function formType(contentType: string | undefined): string {
  const charset = charsetOf(contentType);
  const named = charset !== undefined && /^[A-Za-z0-9._:-]{1,40}$/.test(charset);
  return `application/x-www-form-urlencoded${named ? `; charset=${charset}` : ''}`;
}

const encoder = new TextEncoder();

/** The fields as they were read, byte for byte, without those that say who called. */
export function formOf(form: Form, username: string, credentials: readonly Credential[]): Uint8Array {
  const fields: string[] = [];
  for (const [name, value] of form.entries()) {
    if (!isCredential(name)) fields.push(`${encoded(name)}=${encoded(value)}`);
  }
  for (const [name, value] of [['user', username] as const, ...credentials]) {
    fields.push(`${encoded(name)}=${encoded(value)}`);
  }
  return encoder.encode(fields.join('&'));
}

/** A text of a character a byte, as a form has it. */
function encoded(bytes: string): string {
  return bytes.replace(/[^A-Za-z0-9._-]/g, (byte) => escapes[byte.charCodeAt(0)] ?? '');
}

const escapes: readonly string[] = Array.from({ length: 256 }, (_, byte) =>
  byte === 0x20 ? '+' : `%${byte.toString(16).toUpperCase().padStart(2, '0')}`,
);
