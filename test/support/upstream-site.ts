/**
 * A site behind the gateway: answers from recorded exchanges, checks what it is given as strictly as a site should,
 * notes all that it received, and can be made slow, broken or wrong.
 */
import { createHash, randomUUID } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';
import { createLocalJWKSet, type JSONWebKeySet, jwtVerify } from 'jose';
import { methodIn, recordedExchanges } from './recorded-site.ts';
import { xmlMembers } from './xml-members.ts';

type Wire = 'flat' | 'xmlrpc';

/** How the gateway has to tell this site who calls. */
export type Vouching =
  | { readonly way: 'assertion'; keys(): Promise<JSONWebKeySet> }
  /** md5_hex of each account's secret. */
  | { readonly way: 'hpassword' | 'challenge'; readonly digests: Readonly<Record<string, string>> }
  | { readonly way: 'anything' };

/** A request as it came. */
export interface Received {
  readonly wire: Wire | undefined;
  readonly method: string;
  readonly path: string;
  readonly headers: IncomingMessage['headers'];
  readonly body: Buffer;
  /** The account that it was told about. */
  readonly account?: string;
}

/** What the site does in place of answering. */
export type Misbehaviour = (incoming: IncomingMessage, outgoing: ServerResponse) => void;

/** A running site. */
export interface UpstreamSite {
  readonly url: URL;
  /** Requests so far, those for challenges excepted. */
  readonly received: Received[];
  /** What was wrong about them, in plain words. */
  readonly faults: string[];
  /** Challenges that were given. */
  challenges(): number;
  /** From now on; `undefined`: it answers again. */
  misbehave(how: Misbehaviour | undefined): void;
  stop(): Promise<void>;
}

const wires: readonly Wire[] = ['flat', 'xmlrpc'];

const allowed = new Set([
  ...['host', 'connection', 'content-type', 'content-length', 'accept-encoding', 'user-agent'],
  ...['x-forwarded-for', 'x-forwarded-proto', 'x-request-id', 'ljgate-assertion'],
  // workerd's fetch sends these by itself.
  ...['accept', 'accept-language', 'transfer-encoding', 'sec-fetch-mode', 'cf-worker'],
]);

const credentialNames = ['password', 'hpassword', 'auth_method', 'auth_challenge', 'auth_response'];

/** Starts a site on a free port, or on `port`. */
export async function startUpstreamSite(vouching: Vouching, port = 0): Promise<UpstreamSite> {
  const received: Received[] = [];
  const faults: string[] = [];
  const challenges = new Map<string, 'fresh' | 'spent'>();
  const seen = new Set<string>();
  let given = 0;
  let misbehaviour: Misbehaviour | undefined;
  let keySet: Promise<ReturnType<typeof createLocalJWKSet>> | undefined;

  function challenge(): string {
    given++;
    const text = `c0:${Math.floor(Date.now() / 1000)}:${given}:60:${randomUUID()}`;
    challenges.set(text, 'fresh');
    return text;
  }

  /** Who calls; a text in place of that says what is wrong. */
  async function verify(wire: Wire, args: ReadonlyMap<string, string>, request: Received) {
    const user = args.get(wire === 'flat' ? 'user' : 'username') ?? '';
    const shown = credentialNames.filter((name) => args.has(name)).join(' ');
    switch (vouching.way) {
      case 'anything':
        return { user };
      case 'assertion': {
        if (shown !== '') return `credentials beside an assertion: ${shown}`;
        const token = String(request.headers['ljgate-assertion'] ?? '');
        keySet ??= vouching.keys().then(createLocalJWKSet);
        const { payload } = await jwtVerify(token, await keySet, {
          audience: site.url.origin,
          algorithms: ['EdDSA'],
        });
        const digest = createHash('sha256').update(request.body).digest('base64url');
        if (payload['body'] !== digest) return 'the assertion is of another body';
        if (payload['method'] !== request.method || payload['wire'] !== wire) return 'it is of another call';
        if (payload.sub !== user) return 'it is of another account';
        if (seen.has(String(payload.jti))) return 'an assertion came twice';
        seen.add(String(payload.jti));
        return { user };
      }
      case 'hpassword':
        if (shown !== 'hpassword auth_method') return `credentials: ${shown}`;
        return args.get('hpassword') === vouching.digests[user] ? { user } : 'a wrong hpassword';
      case 'challenge': {
        if (shown !== 'auth_method auth_challenge auth_response') return `credentials: ${shown}`;
        const sent = args.get('auth_challenge') ?? '';
        if (challenges.get(sent) !== 'fresh')
          return `a challenge that is ${challenges.get(sent) ?? 'unknown'}`;
        challenges.set(sent, 'spent');
        const right = createHash('md5')
          .update(sent + vouching.digests[user])
          .digest('hex');
        return args.get('auth_response') === right ? { user } : 'a wrong response';
      }
    }
  }

  async function answer(incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> {
    const body = await buffer(incoming);
    const path = incoming.url ?? '';
    const wire = wires.find((each) => path === `/interface/${each}`);
    const method = wire ? methodIn(wire, body) : '';
    if (wire === 'flat' && method === 'getchallenge') {
      const now = Math.floor(Date.now() / 1000);
      const lines = [
        'auth_scheme',
        'c0',
        'challenge',
        challenge(),
        'expire_time',
        now + 60,
        'server_time',
        now,
      ];
      send(outgoing, 'text/plain; charset=utf-8', `${[...lines, 'success', 'OK'].join('\n')}\n`);
      return;
    }
    const request = { wire, method, path, headers: incoming.headers, body };
    const strange = Object.keys(incoming.headers).filter((name) => !allowed.has(name));
    if (!wire || incoming.method !== 'POST') faults.push(`${incoming.method} ${path}`);
    if (strange.length > 0) faults.push(`headers ${strange.join(', ')}`);
    if (incoming.headers.host !== site.url.host) faults.push(`Host ${incoming.headers.host}`);
    if (!wire) {
      received.push(request);
      outgoing.writeHead(404).end();
      return;
    }
    const args = argumentsIn(wire, body);
    const who = await verify(wire, args, request).catch((error: Error) => error.message);
    if (typeof who === 'string') faults.push(`${method}: ${who}`);
    received.push(typeof who === 'string' ? request : { ...request, account: who.user });
    if (misbehaviour) {
      misbehaviour(incoming, outgoing);
      return;
    }
    if (typeof who === 'string') send(outgoing, typeOf(wire), refusal(wire, 101, 'Invalid password'));
    else send(outgoing, typeOf(wire), replyTo(wire, method, args));
  }

  const server = createServer((incoming, outgoing) => {
    answer(incoming, outgoing).catch(() => outgoing.destroy());
  });
  await new Promise<void>((resolve) => {
    server.listen(port, '127.0.0.1', resolve);
  });
  const site: UpstreamSite = {
    url: new URL(`http://127.0.0.1:${(server.address() as AddressInfo).port}`),
    received,
    faults,
    challenges: () => given,
    misbehave(how) {
      misbehaviour = how;
    },
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
  return site;
}

/** Arguments by name, a character a byte. */
export function argumentsIn(wire: Wire, body: Buffer): ReadonlyMap<string, string> {
  if (wire === 'xmlrpc') return xmlMembers(body.toString());
  const pairs = body
    .toString('latin1')
    .split('&')
    .map((pair): [string, string] => {
      const [name = '', value = ''] = pair.split('=').map((part) => unescape(part.replaceAll('+', ' ')));
      return [name, value];
    });
  return new Map(pairs);
}

/** The type of a wire's replies. */
export function typeOf(wire: Wire): string {
  return wire === 'flat' ? 'text/plain; charset=utf-8' : 'text/xml';
}

/** A refusal of the site's. */
export function refusal(wire: Wire, code: number, text: string): string {
  if (wire === 'flat') return `errmsg\n${text}\nsuccess\nFAIL\n`;
  return (
    '<?xml version="1.0" encoding="UTF-8"?><methodResponse><fault><value><struct>' +
    `<member><name>faultString</name><value><string>${text}</string></value></member>` +
    `<member><name>faultCode</name><value><int>${code}</int></value></member>` +
    '</struct></value></fault></methodResponse>'
  );
}

/** Sends a reply as a Dreamwidth does: it sets a cookie at every POST. */
export function send(outgoing: ServerResponse, type: string, body: string | Buffer): void {
  outgoing.writeHead(200, {
    'Content-Type': type,
    'Content-Length': Buffer.byteLength(body),
    'Set-Cookie': 'ljuniq=secret-of-the-site; path=/; domain=.dw.test',
    'X-Internal': 'web03',
    SOAPServer: 'SOAP::Lite/Perl/1.27',
  });
  outgoing.end(body);
}

/** Recorded with wrong credentials, or with the database down. */
const failed = /Invalid password|temporarily|Database error/;

/** What was recorded for this call, else for this method, else a plain success. */
export function replyTo(wire: Wire, method: string, args: ReadonlyMap<string, string>): Buffer {
  const own = recordedExchanges.filter(
    ({ reply, ...each }) =>
      each.wire === wire && each.method === method && !failed.test(reply.body.toString()),
  );
  const same = own.find(({ request }) => sameArguments(args, argumentsIn(wire, request.body)));
  const other = own.find(({ reply }) => /success\nOK|<params>/.test(reply.body.toString('latin1')));
  const plain =
    wire === 'flat'
      ? 'success\nOK\n'
      : '<?xml version="1.0"?><methodResponse><params><param><value><struct></struct></value></param></params></methodResponse>';
  return (same ?? other)?.reply.body ?? Buffer.from(plain);
}

/** The same but for those that say who calls. */
function sameArguments(a: ReadonlyMap<string, string>, b: ReadonlyMap<string, string>): boolean {
  const left = withoutCredentials(a);
  const right = withoutCredentials(b);
  return left.size === right.size && [...left].every(([name, value]) => right.get(name) === value);
}

/** The arguments that the site reads. */
export function withoutCredentials(args: ReadonlyMap<string, string>): Map<string, string> {
  const named = ['user', 'username', ...credentialNames];
  return new Map([...args].filter(([name]) => !named.includes(name)));
}
