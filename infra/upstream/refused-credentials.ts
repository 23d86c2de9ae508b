/** Whether the site refused the credentials with which the gateway vouched for a caller. */
import type { SiteCall } from './upstream.ts';

/** Bytes of a reply that is looked at: a refusal is short. */
const mostBytes = 4096;

const decoder = new TextDecoder();

/** The texts of refusals 101, 105 and 402: a flat reply has no codes. */
const refusals =
  /^(?:Invalid password|Challenge expired|(?:Client error: )?Your IP address is temporarily banned)/i;

const fault =
  /<fault>[\s\S]*<name>\s*faultCode\s*<\/name>\s*<value>\s*(?:<(?:int|i4|string)>)?\s*(?:101|105|402)\s*</;

/** True for refusals 101, 105 and 402 in the form of that wire. */
export function refusesCredentials(wire: SiteCall['wire'], body: Uint8Array): boolean {
  if (body.length > mostBytes) return false;
  const text = decoder.decode(body);
  return wire === 'flat' ? refusals.test(errorIn(text)) : fault.test(text);
}

/** The error message of a flat reply, in lines or URL-encoded. */
function errorIn(reply: string): string {
  const lines = reply.split('\n');
  const at = lines.findIndex((line, i) => i % 2 === 0 && line === 'errmsg');
  if (at !== -1) return lines[at + 1] ?? '';
  return lines.length === 1 ? (new URLSearchParams(reply).get('errmsg') ?? '') : '';
}
