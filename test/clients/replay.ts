/**
 * Replays recorded conversations of real clients, byte for byte over a bare socket, with only the
 * challenge, the responses and the session filled in from the gateway's own earlier replies.
 */
import { readFileSync } from 'node:fs';
import { exchange, type RawReply } from '../support/socket.ts';
import { flatReply, respond, type WireReply, xmlrpcReply } from '../support/wire.ts';

/**
 * One request as a client sent it; `{{name}}` is filled in, `{{name%}}` URL-encoded, `{{name%x}}` with the
 * lower-case hex digits that one client writes.
 */
interface Step {
  readonly method: string;
  readonly path: string;
  readonly http: string;
  /** With a `Host` line among them they are the whole head, in the client's own order. */
  readonly headers: readonly string[];
  /** The whole head in base64, line ends and all, where they are not CR LF. */
  readonly raw?: string;
  readonly bodyText: string;
  readonly afterBody?: string;
  /** For the site behind the gateway: without one it has to bring a whole HTTP reply, whatever that says. */
  readonly relayed?: boolean;
}

/** A recorded conversation, held with the right or a wrong password for the account `test`. */
export interface Conversation {
  readonly client: string;
  readonly password: 'right' | 'wrong';
  readonly requests: readonly Step[];
}

function recordings(file: string): readonly Conversation[] {
  return JSON.parse(readFileSync(new URL(`../data/${file}`, import.meta.url), 'utf8'));
}

/** The recordings. */
export const conversations = [...recordings('clients.json'), ...recordings('clients-more.json')];

/** Whether each request ends its header lines with CR LF. Only the Node server takes others. @see PROTOCOL §1 */
export function endsLinesWithCrlf({ requests }: Conversation): boolean {
  return requests.every(({ raw = '' }) => !/(?<!\r)\n/.test(Buffer.from(raw, 'base64').toString('latin1')));
}

/** Any other path has to bring an HTTP error: a client tries it first, and goes on. */
const endpoint = /^\/(?:interface\/(?:flat|xmlrpc)|cgi-bin\/log\.cgi)(?![\w-])/;

/**
 * Holds one conversation. With the right password every step must succeed; with a wrong one each
 * authenticated step must be refused for it. Throws at the first that does not. A step for the site behind is judged
 * only where there is one.
 */
export async function replay(
  url: URL,
  { password, requests }: Conversation,
  siteBehind = false,
): Promise<void> {
  const known = new Map<string, string>();
  let refused = 0;
  for (const step of requests) {
    const reply = await exchange(url, render(step, url, known));
    if (step.relayed && !siteBehind) {
      if (password === 'wrong') refused++;
      continue;
    }
    if (!endpoint.test(step.path)) {
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
  const body = filled(step.bodyText, known);
  const length = String(Buffer.byteLength(body, 'latin1'));
  return filled(headOf(step, url), new Map([...known, ['length', length]])) + body + (step.afterBody ?? '');
}

/** Clients of other sites name another host, which here is this one. */
function headOf({ method, path, http, headers, raw }: Step, { host }: URL): string {
  const line = `${method} ${path} ${http}`;
  const isWhole = headers.some((header) => /^host:/i.test(header));
  const lines = isWhole ? headers : [`Host: ${host}`, ...headers, 'Content-Length: {{length}}'];
  const head = raw ? Buffer.from(raw, 'base64').toString('latin1') : [line, ...lines, '', ''].join('\r\n');
  return head.replace(/^(host:[ \t]*)[^\r\n]*/im, (_, name: string) => name + host);
}

function filled(text: string, known: ReadonlyMap<string, string>): string {
  return text.replace(/\{\{(\w+)(%x?)?\}\}/g, (_, name: string, encoded: string | undefined) => {
    const value = known.get(name);
    if (value === undefined) throw new Error(`needs ${name}, which no earlier reply gave`);
    if (encoded === '%x') return value.replace(/[^A-Za-z0-9]/g, (c) => `%${c.charCodeAt(0).toString(16)}`);
    return encoded ? encodeURIComponent(value) : value;
  });
}

function read(step: Step, reply: RawReply): WireReply {
  if (reply.status !== 200) throw new Error(`${step.path}: HTTP ${reply.status}`);
  if (reply.headers['transfer-encoding'] !== undefined) throw new Error('a chunked reply');
  if (!step.path.startsWith('/interface/xmlrpc')) return flatReply(reply.text);
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
