/**
 * A client's whole day through the gateway: recorded calls to a real site, each with credentials of the gateway's. What
 * the site got is compared with what it would have got directly, and what the client got with what the site sent.
 */
import { beforeEach, describe, expect, test } from 'vitest';
import { recordedExchange } from '../support/recorded-site.ts';
import { argumentsIn, replyTo, type UpstreamSite, withoutCredentials } from '../support/upstream-site.ts';
import { callDocument, flatReply, respond, type WireReply, xmlrpcReply } from '../support/wire.ts';

type Wire = 'flat' | 'xmlrpc';

/** What a client does between log-in and log-out, as it was recorded. */
const days: Readonly<Record<Wire, readonly string[]>> = {
  flat: [
    ...[
      'syncitems lastsync',
      'getevents one lineendings unix',
      'getevents syncitems',
      'getevents urlenc reply',
    ],
    ...[
      'postevent UTF-8 challenge',
      'postevent 50 KB challenge',
      'postevent 440 KB',
      'postevent repeated field',
    ],
    ...['postevent form charset windows-1251', 'postevent ver 1 invalid UTF-8', 'postevent null byte'],
    ...[
      'postevent unknown prop',
      'editevent edit',
      'editevent delete',
      'getcircle',
      'friendof',
      'consolecommand',
    ],
  ],
  xmlrpc: [
    ...[
      'syncitems',
      'getevents one',
      'getevents lastn 5',
      'getevents day',
      'getevents numeric subject and event',
    ],
    ...['postevent UTF-8 hpassword', 'postevent props security tags', 'postevent with i4, double, nil'],
    ...['postevent event and subject as base64', 'postevent with dateTime', 'postevent over the entry limit'],
    ...[
      'postevent ver 0 ISO-8859-1 document',
      'editevent edit',
      'editevent delete',
      'getfriends',
      'friendof',
    ],
    ...['getusertags', 'gettrustgroups non-ASCII', 'sendmessage', 'editcircle add'],
  ],
};

/** The credentials of the account `test` for one call, and the headers that go with them. */
interface Shown {
  readonly args: Readonly<Record<string, string>>;
  readonly headers?: Readonly<Record<string, string>>;
}

const demoKey = 'demo-client-key-laptop';

/** The account with that client key; all others are those of `test`. */
const ways = ['clear', 'hpassword', 'challenge', 'cookie', 'client key'] as const;
type Way = (typeof ways)[number];

/** A client of a gateway. */
function client(urlOf: (path: string) => URL, wire: Wire, way: Way) {
  const user = way === 'client key' ? 'demo_clientkey' : 'test';
  const path = `/interface/${wire}`;
  const name = wire === 'flat' ? 'user' : 'username';

  async function send(body: Buffer | string, type: string, headers: Readonly<Record<string, string>> = {}) {
    const reply = await fetch(urlOf(path), {
      method: 'POST',
      body: new Uint8Array(Buffer.from(body)),
      headers: { 'Content-Type': type, 'User-Agent': 'Day/1.0', ...headers },
    });
    return { reply, bytes: Buffer.from(await reply.arrayBuffer()) };
  }

  async function own(method: string, args: Readonly<Record<string, string>>): Promise<WireReply> {
    const [body, type] =
      wire === 'flat'
        ? [new URLSearchParams({ mode: method, ...args }).toString(), 'application/x-www-form-urlencoded']
        : [callDocument(`LJ.XMLRPC.${method}`, args), 'text/xml'];
    const { bytes } = await send(body, type);
    return wire === 'flat' ? flatReply(bytes.toString()) : xmlrpcReply(bytes.toString());
  }

  let session: string | undefined;

  async function shown(): Promise<Shown> {
    switch (way) {
      case 'clear':
        return { args: { [name]: user, password: 'test' } };
      case 'client key':
        return { args: { [name]: user, password: demoKey } };
      case 'hpassword':
        return {
          args: { [name]: user, auth_method: 'clear', hpassword: '098f6bcd4621d373cade4e832627b4f6' },
        };
      case 'challenge': {
        const challenge = (await own('getchallenge', {})).value('challenge') ?? '';
        const auth_response = respond(challenge, 'test');
        return { args: { [name]: user, auth_method: 'challenge', auth_challenge: challenge, auth_response } };
      }
      case 'cookie': {
        session ??= (await own('sessiongenerate', { [name]: user, password: 'test' })).value('ljsession');
        const headers = { Cookie: `ljsession=${session}`, 'X-LJ-Auth': 'cookie' };
        return { args: { [name]: user, auth_method: 'cookie' }, headers };
      }
    }
  }

  return { user, send, own, shown };
}

const credential = /^(?:user|username|password|hpassword|auth_method|auth_challenge|auth_response)$/;

/** A recorded body with other credentials in place of its own. */
function withCredentials(wire: Wire, body: Buffer, args: Readonly<Record<string, string>>): Buffer {
  if (wire === 'flat') {
    const own = new URLSearchParams(args).toString();
    const rest = body
      .toString('latin1')
      .split('&')
      .filter((pair) => !credential.test(pair.split('=')[0] ?? ''));
    return Buffer.from([own, ...rest].join('&'), 'latin1');
  }
  const own = Object.entries(args)
    .map(([name, value]) => `<member><name>${name}</name><value><string>${value}</string></value></member>`)
    .join('');
  const rest = body
    .toString('latin1')
    .replace(/<member><name>(\w+)<\/name><value>.*?<\/value><\/member>/gs, (member, name) =>
      credential.test(name) ? '' : member,
    );
  return Buffer.from(rest.replace('<struct>', `<struct>${own}`), 'latin1');
}

/** A document in the encoding in which the site gets it. */
function inUtf8(body: Buffer): Buffer {
  const latin = body.subarray(0, 60).includes('encoding="ISO-8859-1"');
  return latin ? Buffer.from(body.toString('latin1')) : body;
}

/** Runs the days against a gateway before a site. `except`: what the platform cannot hand on. */
export function describeDays(
  title: string,
  urlOf: (path: string) => URL,
  siteOf: () => UpstreamSite,
  except: readonly string[] = [],
): void {
  describe(title, { shuffle: false }, () => {
    beforeEach(() => {
      siteOf().received.length = 0;
    });

    for (const wire of ['flat', 'xmlrpc'] as const) {
      test.each(ways)(`a day on ${wire}, by %s`, async (way) => {
        const site = siteOf();
        const { user, send, own, shown } = client(urlOf, wire, way);
        const first = await shown();
        if (way !== 'cookie') expect(await own('login', first.args)).toMatchObject({ ok: true });
        for (const name of days[wire].filter((each) => !except.includes(each))) {
          const { method, request } = recordedExchange(wire, name);
          const { args, headers } = await shown();
          const body = withCredentials(wire, request.body, args);
          const { reply, bytes } = await send(body, request.contentType, headers);
          const got = site.received.splice(0);
          const sent = argumentsIn(wire, inUtf8(request.body));
          expect([name, site.faults]).toEqual([name, []]);
          expect(got.map((each) => [each.method, each.account])).toEqual([[method, user]]);
          const received = argumentsIn(wire, got[0]?.body ?? Buffer.alloc(0));
          expect([name, withoutCredentials(received)]).toEqual([name, withoutCredentials(sent)]);
          expect(reply.headers.get('content-type')).toBe(
            wire === 'flat' ? 'text/plain; charset=utf-8' : 'text/xml',
          );
          expect([name, reply.headers.getSetCookie(), reply.headers.get('x-internal')]).toEqual([
            name,
            [],
            null,
          ]);
          const answered = replyTo(wire, method, received);
          expect([name, bytes.equals(answered)]).toEqual([name, true]);
        }
        const last = await shown();
        if (way !== 'cookie')
          expect((await own('sessionexpire', { ...last.args, expireall: '1' })).ok).toBe(true);
      });
    }
  });
}
