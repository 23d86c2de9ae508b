/** Calls for the site behind, through both endpoints: each sentence of PROTOCOL §10. */
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import type { Account } from '../../../../core/accounts/account.ts';
import { md5Hex } from '../../../../core/auth/digest.ts';
import { createGateway } from '../../../../core/protocol/gateway.ts';
import { defaultSettings } from '../../../../core/protocol/gateway-settings.ts';
import { FetchRequest, fetchResponse } from '../../../../functions/runtime/worker/fetch-request.ts';
import { flatEndpoint } from '../../../../functions/wire/flat/flat-endpoint.ts';
import { createHandler } from '../../../../functions/wire/handle-request.ts';
import { createRelay } from '../../../../functions/wire/relay/relay.ts';
import { siteLogins } from '../../../../functions/wire/relay/site-logins.ts';
import type { RequestEntry } from '../../../../functions/wire/request-log.ts';
import { xmlrpcEndpoint } from '../../../../functions/wire/xmlrpc/xmlrpc-endpoint.ts';
import { nodeTransport } from '../../../../infra/upstream/node-transport.ts';
import { openUpstream, type UpstreamSettings } from '../../../../infra/upstream/open-upstream.ts';
import { keyringOf } from '../../../infra/secrets/keyrings.ts';
import { badReplies, refuseCredentials } from '../../../support/misbehaviours.ts';
import { testAccount, testPorts } from '../../../support/ports.ts';
import { named } from '../../../support/site.ts';
import { argumentsIn, send, startUpstreamSite, type UpstreamSite } from '../../../support/upstream-site.ts';
import { callDocument, flatReply, xmlrpcReply } from '../../../support/wire.ts';

let site: UpstreamSite;
beforeAll(async () => {
  site = await startUpstreamSite({ way: 'anything' });
});
afterAll(() => site.stop());
beforeEach(() => {
  site.received.length = 0;
  site.misbehave(undefined);
});

interface Asked {
  readonly status: number;
  readonly text: string;
  readonly bytes: Buffer;
  readonly headers: Headers;
}

/** A gateway before the site, in this process. */
async function open(
  account: Partial<Account> = {},
  { logins = 'own', ...settings }: Partial<UpstreamSettings> & { readonly logins?: 'own' | 'site' } = {},
) {
  const ports = testPorts();
  await ports.accounts.add(testAccount(account));
  const all: UpstreamSettings = {
    upstream: site.url,
    upstreamAuth: 'assertion',
    upstreamIssuer: 'gate',
    ...settings,
  };
  const platform = { transport: nodeTransport(), bytes: 2 ** 25, runsBetweenRequests: true };
  const upstream = openUpstream(all, { keys: keyringOf('k'), sealer: ports.sealer }, platform);
  const failures: Error[] = [];
  const completing = logins === 'site' ? siteLogins(upstream, (error) => failures.push(error)) : undefined;
  const gateway = createGateway(ports, { ...defaultSettings, sessionRate: 'off' }, completing);
  const relay = createRelay(gateway, upstream);
  const log: RequestEntry[] = [];
  const handle = createHandler({
    endpoints: [flatEndpoint(gateway, relay), xmlrpcEndpoint(gateway, relay)],
    log: (entry) => log.push(entry),
    logError: (error) => failures.push(error as Error),
  });
  async function post(
    path: string,
    body: string | Buffer,
    headers: Record<string, string> = {},
  ): Promise<Asked> {
    const request = new Request(new URL(path, 'https://gate.example.com'), {
      method: 'POST',
      body: new Uint8Array(Buffer.from(body)),
      headers,
    });
    const reply = fetchResponse(await handle(new FetchRequest(request, { id: 'r-7', address: '192.0.2.9' })));
    const bytes = Buffer.from(await reply.arrayBuffer());
    return { status: reply.status, text: bytes.toString(), bytes, headers: reply.headers };
  }
  const flat = (fields: string, headers = {}) => post('/interface/flat', fields, headers);
  const xml = (document: string | Buffer) =>
    post('/interface/xmlrpc', document, { 'Content-Type': 'text/xml' });
  return { flat, xml, log, ports, failures, upstream };
}

const login = 'user=test&password=test&ver=1';
const struct = (extra: Record<string, string> = {}) => ({ username: 'test', password: 'test', ...extra });
const bodies = () => site.received.map(({ body }) => body.toString('latin1'));

describe('what goes on', () => {
  test.each(['syncitems', 'a_b', 'a'.repeat(40)])('is the flat mode %s', async (mode) => {
    const { flat } = await open();
    expect(flatReply((await flat(`mode=${mode}&${login}`)).text).ok).toBe(true);
    expect(site.received.map(({ method }) => method)).toEqual([mode]);
  });

  test.each([
    ...['Login', ' sessiongenerate', 'LOGIN', 'getEvents', 'get-events', 'a1', 'a'.repeat(41), 'x y'],
  ])('is not the name %j, on either wire: 201', async (name) => {
    const { flat, xml } = await open();
    expect(flatReply((await flat(`mode=${encodeURIComponent(name)}&${login}`)).text).why).toMatch(
      /Unknown mode/,
    );
    const reply = xmlrpcReply((await xml(callDocument(`LJ.XMLRPC.${name}`, struct()))).text);
    expect(reply.why).toMatch(/^201 /);
    expect(site.received).toEqual([]);
  });

  test.each(['login', 'getchallenge', 'sessiongenerate', 'sessionexpire', '%6cogin', 'l%6Fgin'])(
    'is never our own method, spelt %s',
    async (mode) => {
      const { flat } = await open();
      expect(flatReply((await flat(`mode=${mode}&${login}`)).text).ok).toBe(true);
      expect(site.received).toEqual([]);
    },
  );

  test('without an account’s name is refused as ever', async () => {
    const { flat, xml } = await open();
    expect(flatReply((await flat('mode=getevents')).text).why).toBe('Client error: No username sent.');
    expect(xmlrpcReply((await xml(callDocument('LJ.XMLRPC.getevents'))).text).why).toMatch(/^200 /);
    const named = callDocument('LJ.XMLRPC.getevents', { username: '!' });
    expect(xmlrpcReply((await xml(named)).text).why).toMatch(/^100 /);
    const two = callDocument('LJ.XMLRPC.getevents', struct()).replace(
      '</param>',
      '</param><param><value>x</value></param>',
    );
    expect(xmlrpcReply((await xml(two)).text).why).toMatch(/^202 /);
    expect(site.received).toEqual([]);
  });
});

describe('who is let in', () => {
  test.each([
    [{}, 'mode=getevents&user=test&password=no', 'Invalid password'],
    [{}, 'mode=getevents&user=nobody&password=test', 'Invalid username'],
    [{}, 'mode=consolecommand&user=test', 'Invalid password'],
    [{ status: 'memorial' }, `mode=getevents&${login}`, 'Account is marked as a memorial'],
    [{ status: 'expunged' }, `mode=getevents&${login}`, 'Invalid username'],
    [{ status: 'locked' }, `mode=getevents&${login}`, 'Account is locked'],
    [{ status: 'suspended' }, `mode=getevents&${login}`, 'account is suspended'],
  ] as [Partial<Account>, string, string][])('%j with %s is refused: %s', async (account, form, why) => {
    const { flat } = await open(account);
    expect(flatReply((await flat(form)).text).why).toContain(why);
    expect(site.received).toEqual([]);
  });

  test.each(['readonly', 'deleted'] as const)('an account that is %s', async (status) => {
    const { flat } = await open({ status });
    expect(flatReply((await flat(`mode=syncitems&${login}`)).text).ok).toBe(true);
  });

  test('guesses at relayed methods count towards the ban, and a banned caller reaches no site', async () => {
    const { flat } = await open();
    for (let i = 0; i < 5; i++) await flat(`mode=getevents&user=test&password=${i}`);
    expect(flatReply((await flat(`mode=getevents&${login}`)).text).why).toContain('temporarily banned');
    expect(site.received).toEqual([]);
  });
});

describe('a flat call', () => {
  test('has each key once with the value that held, byte for byte, in the order of their first appearance', async () => {
    const { flat } = await open();
    await flat(`mode=postevent&${login}&b=1&a=%E9+%26&b=%00%ff&event=%D0%9F%20x&empty&%61=2`);
    expect([...argumentsIn('flat', site.received[0]?.body ?? Buffer.alloc(0))]).toEqual([
      ['mode', 'postevent'],
      ['ver', '1'],
      ['b', '\0\xff'],
      ['a', '2'],
      ['event', '\xd0\x9f x'],
      ['empty', ''],
      ['user', 'test'],
    ]);
  });

  test('has no credentials in any spelling, and the account’s own name', async () => {
    const { flat } = await open();
    const spelt =
      'PASSWORD=1&Hpassword=2&auth_METHOD=clear&%20user=x&Username=y&auth_response%20=4&auth_challenge=5';
    await flat(`mode=getevents&user=TEST&password=test&${spelt}`, { Cookie: 'ljsession=ws:test:1:abc' });
    expect(bodies()).toEqual(['mode=getevents&user=test']);
    expect(site.received[0]?.headers).not.toHaveProperty('cookie');
    expect(site.faults).toEqual([]);
  });

  test('names the charset that the client named', async () => {
    const { flat } = await open();
    const form = 'application/x-www-form-urlencoded';
    await flat(`mode=getevents&${login}`, { 'Content-Type': `${form}; charset=windows-1251` });
    await flat(`mode=getevents&${login}`, { 'Content-Type': `${form}; charset="x\u00e4y"` });
    await flat(`mode=getevents&${login}`, { 'Content-Type': 'text/plain' });
    expect(site.received.map(({ headers }) => headers['content-type'])).toEqual([
      `${form}; charset=windows-1251`,
      form,
      form,
    ]);
  });
});

describe('an XML-RPC call', () => {
  const typed = {
    i: '<int>7</int>',
    i4: '<i4>-7</i4>',
    yes: '<boolean>1</boolean>',
    real: '<double>1.50</double>',
    when: '<dateTime.iso8601>20260101T00:00:00</dateTime.iso8601>',
    bytes: '<base64>/+8=</base64>',
    none: '<nil/>',
    list: '<array><data><value><int>1</int></value><value>two</value><value><nil/></value></data></array>',
    inner:
      '<struct><member><name>a &amp; b</name><value><string>&lt;é&#13;\n</string></value></member></struct>',
  };

  test('has the same typed values, in UTF-8', async () => {
    const { xml } = await open();
    await xml(callDocument('LJ.XMLRPC.postevent', { ...struct(), ...typed, 'a-1': '1' }));
    const [body = ''] = site.received.map(({ body: bytes }) => bytes.toString());
    expect(body).toContain('<methodName>LJ.XMLRPC.postevent</methodName>');
    for (const value of [...Object.values(typed)].filter((each) => !/array|struct/.test(each))) {
      expect(body).toContain(`<value>${value}</value>`);
    }
    expect(body).toContain(
      '<array><data><value><int>1</int></value><value><string>two</string></value><value><nil/></value></data></array>',
    );
    expect(body).toContain('<name>a &amp; b</name><value><string>&lt;é&#13;\n</string></value>');
    expect(body.match(/<name>(?:password|username)<\/name>/g)).toEqual(['<name>username</name>']);
  });

  test.each([
    ['ISO-8859-1', 'café'],
    ['windows-1251', 'cafй'],
  ])('in %s goes on in UTF-8', async (encoding, event) => {
    const { xml } = await open();
    const document = callDocument('LJ.XMLRPC.postevent', struct({ event: 'caf\xe9' }));
    await xml(Buffer.from(document.replace('?>', ` encoding="${encoding}"?>`), 'latin1'));
    expect(site.received[0]?.body.toString()).toContain(`<string>${event}</string>`);
  });

  test('with empty numbers sends empty text, which every server reads', async () => {
    const { xml } = await open();
    await xml(callDocument('LJ.XMLRPC.getevents', { ...struct(), itemid: '<int></int>' }));
    expect(bodies()[0]).toContain('<name>itemid</name><value><string></string></value>');
  });
});

describe('the reply', () => {
  test('is the site’s bytes and type, and nothing else of it', async () => {
    const { flat } = await open();
    const bytes = Buffer.from([0x73, 0x0a, 0xff, 0xfe, 0x0d, 0x0a]);
    site.misbehave((_, outgoing) => send(outgoing, 'text/plain; charset=koi8-r', bytes));
    const reply = await flat(`mode=getevents&${login}`);
    expect([reply.status, reply.bytes.equals(bytes)]).toEqual([200, true]);
    expect(Object.fromEntries(reply.headers)).toEqual({
      'cache-control': 'no-store, no-transform',
      'content-length': '6',
      'content-type': 'text/plain; charset=koi8-r',
    });
  });

  test.each(Object.entries(badReplies))('that is %s is refusal 502, sent once', async (_, misbehave) => {
    const { flat, xml, log } = await open();
    site.misbehave(misbehave);
    const reply = await flat(`mode=getevents&${login}`);
    expect(reply.text).toBe('errmsg\nServer error: Database temporarily unavailable\nsuccess\nFAIL\n');
    const fault = xmlrpcReply((await xml(callDocument('LJ.XMLRPC.getevents', struct()))).text);
    expect(fault.why).toBe('502 Server error: Database temporarily unavailable');
    expect(site.received).toHaveLength(2);
    expect(log.flatMap(({ calls }) => calls)).toMatchObject([
      { method: 'getevents', account: 'test', relayed: true, outcome: 502, cause: expect.any(Error) },
      { relayed: true, outcome: 502 },
    ]);
  });

  test('and who got it is logged, without anything secret', async () => {
    const { flat, log } = await open();
    await flat(`mode=getevents&${login}&clientversion=Perl-Test/1`);
    expect(log).toMatchObject([
      {
        wire: 'flat',
        status: 200,
        calls: [
          {
            method: 'getevents',
            account: 'test',
            auth: 'clear',
            client: 'Perl-Test/1',
            outcome: 'ok',
            relayed: true,
            upstreamMs: expect.any(Number),
            upstreamStatus: 200,
          },
        ],
      },
    ]);
  });
});

describe('a multicall', () => {
  const entry = (method: string, args: string) =>
    `<value><struct><member><name>methodName</name><value>${method}</value></member><member><name>params</name><value><array><data><value><struct>${args}</struct></value></data></array></value></member></struct></value>`;
  const as = (user: string, password: string) =>
    `<member><name>username</name><value>${user}</value></member><member><name>password</name><value>${password}</value></member>`;
  const multicall = (...entries: string[]) =>
    `<?xml version="1.0"?><methodCall><methodName>system.multicall</methodName><params><param><value><array><data>${entries.join('')}</data></array></value></param></params></methodCall>`;

  test('relays each entry by itself, in order, and writes its value by type', async () => {
    const { xml } = await open();
    const value =
      '<struct><member><name>b</name><value><base64>0J8=</base64></value></member><member><name>a</name><value><i4>3</i4></value></member></struct>';
    site.misbehave((_, outgoing) =>
      send(
        outgoing,
        'text/xml',
        `<?xml version="1.0"?><methodResponse><params><param><value>${value}</value></param></params></methodResponse>`,
      ),
    );
    const { text } = await xml(
      multicall(
        entry(
          'LJ.XMLRPC.getevents',
          `${as('test', 'test')}<member><name>n</name><value><int>1</int></value></member>`,
        ),
        entry('LJ.XMLRPC.getevents', as('test', 'no')),
        entry('LJ.XMLRPC.login', as('test', 'test')),
        entry('LJ.XMLRPC.syncitems', as('test', 'test')),
      ),
    );
    expect(site.received.map(({ method }) => method)).toEqual(['getevents', 'syncitems']);
    expect(bodies()[0]).toContain('<name>n</name><value><int>1</int></value>');
    expect(text.split(`<array><data><value>${value}</value></data></array>`)).toHaveLength(3);
    expect(text).toContain('<int>101</int>');
    expect(text).toContain('Test Account');
  });

  test('gives an entry the site’s own fault, also one whose code is a word', async () => {
    const { xml } = await open();
    const fault =
      '<struct><member><name>faultCode</name><value><string>Client</string></value></member><member><name>faultString</name><value><string>no</string></value></member></struct>';
    site.misbehave((_, outgoing) =>
      send(
        outgoing,
        'text/xml',
        `<?xml version="1.0"?><methodResponse><fault><value>${fault}</value></fault></methodResponse>`,
      ),
    );
    const { text } = await xml(multicall(entry('LJ.XMLRPC.getevents', as('test', 'test'))));
    expect(text).toContain(`<data><value>${fault}</value></data>`);
  });

  test('gives an entry refusal 502 where the site’s reply is no answer', async () => {
    const { xml } = await open();
    site.misbehave((_, outgoing) => send(outgoing, 'text/xml', '<html><body>Busy</body></html>'));
    const { text } = await xml(multicall(entry('LJ.XMLRPC.getevents', as('test', 'test'))));
    expect(text).toContain('<int>502</int>');
  });

  test('counts relayed entries among those for an account: 16 at most', async () => {
    const { xml } = await open();
    const many = Array.from({ length: 17 }, () => entry('LJ.XMLRPC.getevents', as('test', 'test')));
    expect(xmlrpcReply((await xml(multicall(...many))).text).why).toMatch(/^203 /);
    expect(site.received).toEqual([]);
  });
});

describe('limits', () => {
  const filler = (bytes: number) => 'x'.repeat(bytes);

  test('a call for the site may have 2 MiB; one of our own is refused over 256 KiB as ever', async () => {
    const { flat, xml } = await open();
    const large = filler(2 ** 21 - 200);
    expect((await flat(`mode=postevent&${login}&event=${large}`)).status).toBe(200);
    expect(site.received[0]?.body.length).toBeGreaterThan(2 ** 21 - 300);
    expect((await flat(`mode=postevent&${login}&event=${filler(2 ** 21)}`)).status).toBe(413);
    expect((await flat(`mode=login&${login}&event=${filler(2 ** 18)}`)).status).toBe(413);
    expect((await xml(callDocument('LJ.XMLRPC.postevent', struct({ event: filler(450_000) })))).status).toBe(
      200,
    );
    expect((await xml(callDocument('LJ.XMLRPC.login', struct({ event: filler(450_000) })))).status).toBe(413);
    expect(site.received).toHaveLength(2);
  });

  test('a call for the site may have 10,000 members, one of our own 1,000', async () => {
    const { xml } = await open();
    const members = (count: number) =>
      Object.fromEntries(Array.from({ length: count }, (_, i) => [`m${i}`, '<int>1</int>']));
    expect(xmlrpcReply((await xml(callDocument('LJ.XMLRPC.postevent', struct(members(9990))))).text).ok).toBe(
      true,
    );
    const over = await xml(callDocument('LJ.XMLRPC.postevent', struct(members(10_001))));
    expect(xmlrpcReply(over.text).why).toMatch(/^-32700 .*more than 10000 members/);
    const own = await xml(callDocument('LJ.XMLRPC.login', struct(members(1001))));
    expect(xmlrpcReply(own.text).why).toMatch(/^-32700 .*more than 1000 members/);
  });
});

describe('an account’s secret for the site', () => {
  test('is its upstream key before its password, shown as hpassword', async () => {
    const { flat, ports } = await open({}, { upstreamAuth: 'hpassword' });
    await flat(`mode=getevents&${login}`);
    expect(bodies()[0]).toBe(`mode=getevents&ver=1&user=test&auth_method=clear&hpassword=${md5Hex('test')}`);
    const upstreamKey = await ports.sealer.seal(md5Hex('api key'), named('test'), 'upstream-key');
    const keyed = await open({ upstreamKey }, { upstreamAuth: 'hpassword' });
    await keyed.flat(`mode=getevents&${login}`);
    expect(bodies()[1]).toContain(`hpassword=${md5Hex('api key')}`);
  });

  test('answers a challenge of the site’s, each used once; further ones are fetched ahead', async () => {
    const digests = { test: md5Hex('test') };
    const strict = await startUpstreamSite({ way: 'challenge', digests });
    const { flat } = await open({}, { upstreamAuth: 'challenge', upstream: strict.url });
    for (let i = 0; i < 5; i++) expect(flatReply((await flat(`mode=syncitems&${login}`)).text).ok).toBe(true);
    expect([strict.faults, strict.received.length]).toEqual([[], 5]);
    await vi.waitFor(() => expect(strict.challenges()).toBeGreaterThanOrEqual(6));
    await strict.stop();
  });

  test('that it lacks is refusal 502 for the caller, and a line for the operator that says so', async () => {
    const verifier = await testPorts().hasher.hash(md5Hex('test'));
    const { flat, log } = await open(
      { password: { accepts: 'plainOnly', verifier } },
      { upstreamAuth: 'hpassword' },
    );
    const { why } = flatReply((await flat(`mode=getevents&${login}`)).text);
    expect(why).toBe('Server error: Database temporarily unavailable');
    const cause = log[0]?.calls[0]?.cause;
    expect(String(cause)).toContain(
      'test has no secret for it; set one: npx ljgate accounts set-upstream-key test',
    );
    expect(site.received).toEqual([]);
  });

  test('is shown over plain http only to this machine or a private address', async () => {
    const at = (url: string) => open({}, { upstreamAuth: 'challenge', upstream: new URL(url) });
    for (const url of ['http://old.example.com', 'http://203.0.113.7', 'http://[2001:db8::1]']) {
      await expect(at(url)).rejects.toThrow('use https, a private address, or --upstream-auth assertion');
    }
    for (const url of [
      'https://old.example.com',
      'http://10.0.0.7',
      'http://localhost:81',
      'http://web',
      'http://[fd00::1]',
    ]) {
      await at(url);
    }
  });

  test.each(['flat', 'xmlrpc'] as const)(
    'that the site refuses is 502 for the caller, on %s',
    async (wire) => {
      const { flat, xml } = await open();
      site.misbehave(refuseCredentials(wire, 101, 'Invalid password'));
      const reply =
        wire === 'flat'
          ? flatReply((await flat(`mode=getevents&${login}`)).text)
          : xmlrpcReply((await xml(callDocument('LJ.XMLRPC.getevents', struct()))).text);
      expect(reply.why).toMatch(/Database temporarily unavailable/);
    },
  );
});

describe('login with the site’s own groups, journals, pictures, menus and moods', () => {
  afterEach(() => site.misbehave(undefined));

  test('has them read from a real site’s answer, base64 and shuffled members and all', async () => {
    const { flat, failures } = await open({ fullname: 'Own Name' }, { logins: 'site' });
    const reply = await flat(`mode=login&${login}&getmoods=0&getmenus=1&getpickws=1`);
    expect(failures).toEqual([]);
    const answer = flatReply(reply.text);
    expect(answer.value('name')).toBe('Own Name');
    expect(answer.value('menu_0_1_text')).toBe('Recent Entries');
    expect(Number(answer.value('mood_count'))).toBeGreaterThan(100);
    expect(site.received.map(({ method, wire }) => [wire, method])).toEqual([['xmlrpc', 'login']]);
    expect(bodies()[0]).toContain('<name>getmoods</name><value><string>0</string></value>');
  });

  test('has text that the site sent as base64, or encoded twice', async () => {
    const { xml } = await open({}, { logins: 'site' });
    const twice = Buffer.from('Друзья').toString('latin1');
    const group = (name: string) =>
      `<value><struct><member><name>name</name><value>${name}</value></member><member><name>id</name><value><int>1</int></value></member></struct></value>`;
    site.misbehave((_, outgoing) =>
      send(
        outgoing,
        'text/xml',
        `<?xml version="1.0" encoding="UTF-8"?><methodResponse><params><param><value><struct><member><name>message</name><value><base64>${Buffer.from('Привет').toString('base64')}</base64></value></member><member><name>friendgroups</name><value><array><data>${group(`<string>${twice}</string>`)}</data></array></value></member></struct></value></param></params></methodResponse>`,
      ),
    );
    const { text } = await xml(callDocument('LJ.XMLRPC.login', struct()));
    expect(text).toContain('<string>Привет</string>');
    expect(text).toContain('<string>Друзья</string>');
  });

  test('comes from the own record where the site fails', async () => {
    const { flat, failures } = await open({ fullname: 'Own Name' }, { logins: 'site' });
    for (const misbehave of [badReplies['an HTTP error'], badReplies['a page']]) {
      site.misbehave(misbehave);
      expect(flatReply((await flat(`mode=login&${login}`)).text).value('name')).toBe('Own Name');
    }
    expect(failures.map(({ message }) => message)).toEqual([
      expect.stringContaining('login of test from its own record'),
      expect.stringContaining('login of test from its own record'),
    ]);
  });

  test('asks the site nothing for a caller who is not let in', async () => {
    const { flat } = await open({}, { logins: 'site' });
    await flat('mode=login&user=test&password=no');
    expect(site.received).toEqual([]);
  });
});
