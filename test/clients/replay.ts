/**
 * Replays recorded conversations of real clients, byte for byte over a bare socket, with only the
 * challenge, the responses and the session filled in from the gateway's own earlier replies.
 */
import { readFileSync } from 'node:fs';
import { exchange, type RawReply } from '../support/socket.ts';
import { flatReply, respond, type WireReply, xmlrpcReply } from '../support/wire.ts';

/** One request as a client sent it; `{{name}}` is filled in, `{{name%}}` URL-encoded. */
interface Step {
  readonly method: string;
  readonly path: string;
  readonly http: string;
  readonly headers: readonly string[];
  readonly bodyText: string;
  readonly afterBody?: string;
}

/** A recorded conversation, held with the right or a wrong password for the account `test`. */
export interface Conversation {
  readonly client: string;
  readonly password: 'right' | 'wrong';
  readonly requests: readonly Step[];
}

/** The recordings. */
export const conversations: readonly Conversation[] = JSON.parse(
  readFileSync(new URL('../data/clients.json', import.meta.url), 'utf8'),
);

const doors = ['/interface/flat', '/interface/xmlrpc', '/cgi-bin/log.cgi'];

/**
 * Holds one conversation. With the right password every step must succeed; with a wrong one each
 * authenticated step must be refused for it. Throws at the first that does not.
 */
export async function replay(url: URL, { password, requests }: Conversation): Promise<void> {
  const known = new Map<string, string>();
  let refused = 0;
  for (const step of requests) {
    const reply = await exchange(url, render(step, url, known));
    if (!doors.includes(step.path)) {
      if (reply.status < 400) throw new Error(`${step.path} should be an HTTP error, got ${reply.status}`);
      continue;
    }
    const { ok, why, value } = read(step, reply);
    const authenticated = !step.bodyText.includes('getchallenge');
    if (authenticated && password === 'wrong') {
      if (ok || !/Invalid password|Missing required|No username/.test(why)) {
        throw new Error(`a wrong password got: ${ok ? 'let in' : why}`);
      }
      refused++;
    } else if (!ok && !isNameless(step, authenticated)) {
      throw new Error(`${step.path} refused: ${why}`);
    }
    learn(known, value);
  }
  if (password === 'wrong' && refused === 0) throw new Error('no step was refused');
}

/** One client forgets `user`: it cannot be served, only refused in good form. */
function isNameless(step: Step, authenticated: boolean): boolean {
  return authenticated && step.path === '/interface/flat' && !/(^|&)user=/.test(step.bodyText);
}

function render(step: Step, url: URL, known: ReadonlyMap<string, string>): string {
  const fill = (text: string) =>
    text.replace(/\{\{(\w+)(%?)\}\}/g, (_, name: string, encoded: string) => {
      const value = known.get(name);
      if (value === undefined) throw new Error(`needs ${name}, which no earlier reply gave`);
      return encoded ? encodeURIComponent(value) : value;
    });
  const body = fill(step.bodyText);
  const head = [`${step.method} ${step.path} ${step.http}`, `Host: ${url.host}`, ...step.headers.map(fill)];
  const length = Buffer.byteLength(body, 'latin1');
  return [...head, `Content-Length: ${length}`, '', body].join('\r\n') + (step.afterBody ?? '');
}

function read(step: Step, reply: RawReply): WireReply {
  if (reply.status !== 200) throw new Error(`${step.path}: HTTP ${reply.status}`);
  if (reply.headers['transfer-encoding'] !== undefined) throw new Error('a chunked reply');
  if (step.path !== '/interface/xmlrpc') return flatReply(reply.text);
  if (!reply.headers['content-type']?.startsWith('text/xml')) throw new Error('not text/xml');
  return xmlrpcReply(reply.text);
}

function learn(known: Map<string, string>, value: WireReply['value']): void {
  const challenge = value('challenge');
  if (challenge !== undefined) {
    if (/[%+&=\s]/.test(challenge)) throw new Error(`a challenge that needs URL-encoding: ${challenge}`);
    known.set('challenge', challenge);
    known.set('response', respond(challenge, 'test'));
    known.set('badresponse', respond(challenge, 'wrongpw'));
  }
  const session = value('ljsession');
  if (session !== undefined) {
    const id = /^ws:test:(\d+):[A-Za-z0-9]+$/.exec(session)?.[1];
    if (id === undefined) throw new Error(`not a session: ${session}`);
    known.set('session', session);
    known.set('sessionid', id);
  }
}
