/**
 * The wire contract as one table of requests, each row a sentence of it: the same bytes get the same answer
 * from every runtime and behind every front end. The accounts are those of `--demo`, without login bans.
 */
import { md5Hex } from '../../core/auth/digest.ts';
import type { HostileRequest } from '../hostile/corpus.ts';
import { callDocument } from '../support/wire.ts';

/** What must come back. `text`: somewhere in the body; a list: in this order, and `!` before what must not be. */
export interface Row {
  readonly says: string;
  readonly verb?: string;
  readonly path?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Uint8Array;
  readonly status?: number;
  readonly text: string | RegExp;
  /** By lower-case name. */
  readonly has?: Readonly<Record<string, string>>;
}

const flat = '/interface/flat';
const xmlrpc = '/interface/xmlrpc';
const form = 'mode=login&user=test&password=test';
const ok = /\nsuccess\nOK\n$/;
const fail = (why: string) => `errmsg\n${why}\nsuccess\nFAIL\n`;
const call = (method: string, args: Readonly<Record<string, string>> = {}) =>
  callDocument(method.startsWith('system.') ? method : `LJ.XMLRPC.${method}`, args);
const right = { username: 'test', password: 'test' };
const fault = (code: number, text: string) =>
  `<name>faultCode</name><value><int>${code}</int></value></member><member><name>faultString</name><value><string>${text}</string>`;
const bytes = (text: string) => Buffer.from(text, 'latin1');
const multicall = (count: number, method: string) => {
  const entry = `<value><struct><member><name>methodName</name><value>${method}</value></member></struct></value>`;
  return `<methodCall><methodName>system.multicall</methodName><params><param><value><array><data>${entry.repeat(count)}</data></array></value></param></params></methodCall>`;
};

/** §1 */
const endpoints: readonly Row[] = [
  {
    says: '§1 /interface/flat is flat',
    path: flat,
    body: form,
    text: ok,
    has: { 'content-type': 'text/plain; charset=utf-8' },
  },
  { says: '§1 /cgi-bin/log.cgi is flat, too', path: '/cgi-bin/log.cgi', body: form, text: ok },
  {
    says: '§1 /interface/xmlrpc is XML-RPC',
    path: xmlrpc,
    body: call('login', right),
    text: '<name>userid</name><value><int>3</int>',
    has: { 'content-type': 'text/xml; charset=utf-8' },
  },
  { says: '§1 a path may end in a slash', path: `${flat}/`, body: form, text: ok },
  {
    says: '§1 names are case-sensitive',
    path: flat,
    body: form.replace('login', 'Login'),
    text: fail('Client error: Unknown mode (Login)'),
  },
  {
    says: '§1 errors are HTTP 200',
    path: flat,
    body: 'nonsense',
    text: fail('Client error: No mode specified.'),
  },
  {
    says: '§1 a wrong verb on XML-RPC is 405 with Allow',
    verb: 'GET',
    path: xmlrpc,
    status: 405,
    text: 'POST',
    has: { allow: 'POST' },
  },
  { says: '§1 an unknown path is 404', path: '/interface/xmlrpc2', body: form, status: 404, text: /./ },
  {
    says: '§1 a POST to / is an HTTP error: one cross-poster then goes on to /interface/xmlrpc',
    path: '/',
    body: call('login', right),
    status: 404,
    text: /./,
  },
  { says: '§1 a body over the limit is 413', path: flat, body: 'x'.repeat(262_145), status: 413, text: /./ },
  {
    says: '§1 a Content-Encoding is 415',
    path: flat,
    headers: { 'Content-Encoding': 'gzip' },
    body: form,
    status: 415,
    text: /./,
  },
  {
    says: '§1 a POST from another site is 403',
    path: flat,
    headers: { 'Sec-Fetch-Site': 'cross-site' },
    body: form,
    status: 403,
    text: /./,
  },
  {
    says: '§1 Sec-Fetch-Site none is nobody else’s',
    path: flat,
    headers: { 'Sec-Fetch-Site': 'none' },
    body: form,
    text: ok,
  },
  {
    says: '§1 an Origin of another host is another site',
    path: xmlrpc,
    headers: { Origin: 'https://evil.example' },
    body: call('login', right),
    status: 403,
    text: /./,
  },
  {
    says: '§1 a GET on flat is answered like an empty form',
    verb: 'GET',
    path: flat,
    text: fail('Client error: No mode specified.'),
  },
  { says: '§1 other verbs are 405', verb: 'PUT', path: flat, body: form, status: 405, text: /./ },
];

/** §2 and §3 */
const ids = Array.from({ length: 1001 }, (_, i) => `&expire_id_${i + 1}=1`).join('');

const argumentRows: readonly Row[] = [
  {
    says: '§2 white space and case of a name are ignored, - counts as _',
    path: flat,
    body: 'mode=login&user=%20DEMO-UNICODE%20&password=demo',
    text: ok,
  },
  {
    says: '§2 the MD5 of a password is taken in either case',
    path: flat,
    body: `mode=login&user=test&hpassword=${md5Hex('test').toUpperCase()}`,
    text: ok,
  },
  {
    says: '§2 hpassword decides where it is not empty',
    path: flat,
    body: `mode=login&user=test&password=&hpassword=${md5Hex('test')}`,
    text: ok,
  },
  {
    says: '§2 an empty password authenticates nothing',
    path: flat,
    body: 'mode=login&user=test&password=',
    text: fail('Invalid password'),
  },
  {
    says: '§2 the MD5 of an empty password authenticates nothing',
    path: flat,
    body: `mode=login&user=test&hpassword=${md5Hex('')}`,
    text: fail('Invalid password'),
  },
  {
    says: '§2 an unknown auth_method is 101',
    path: xmlrpc,
    body: call('login', { ...right, auth_method: 'x' }),
    text: fault(101, 'Invalid password'),
  },
  {
    says: '§2 unknown arguments are ignored, whatever their form',
    path: xmlrpc,
    body: call('login', { ...right, props: '<struct/>' }),
    text: '<name>userid</name>',
  },
  {
    says: '§2 the form of an argument that the method does not read is ignored',
    path: xmlrpc,
    body: call('login', { ...right, expire: '<struct/>' }),
    text: '<name>userid</name>',
  },
  {
    says: '§2 an array where a scalar is read is 203, naming it',
    path: xmlrpc,
    body: call('login', { ...right, getmoods: '<array><data/></array>' }),
    text: fault(203, 'Client error: Invalid argument(s): getmoods'),
  },
  {
    says: '§2 a username that is no scalar is malformed',
    path: xmlrpc,
    body: call('login', { username: '<array><data/></array>' }),
    text: fault(100, 'Invalid username'),
  },
  {
    says: '§2 a password that is no scalar does not hold',
    path: xmlrpc,
    body: call('login', { username: 'test', password: '<array><data/></array>' }),
    text: fault(101, 'Invalid password'),
  },
  {
    says: '§2 of a flat key given twice the last one holds',
    path: flat,
    body: `password=x&${form}`,
    text: ok,
  },
  {
    says: '§2 more than 1,000 ids are 203',
    path: flat,
    body: `mode=sessionexpire&user=test&password=test${ids}`,
    text: /^errmsg\nClient error: Invalid argument\(s\)/,
  },
  {
    says: '§3 no mode comes first',
    path: flat,
    body: 'user=&password=x',
    text: fail('Client error: No mode specified.'),
  },
  {
    says: '§3 then a malformed user',
    path: flat,
    body: 'mode=nonsense&user=a%20b',
    text: fail('Client error: No username sent.'),
  },
  {
    says: '§3 an unknown method is 201 and named',
    path: xmlrpc,
    body: call('nonsense', right),
    text: fault(201, 'Client error: Unknown method: LJ.XMLRPC.nonsense'),
  },
  {
    says: '§3 a missing username is 200',
    path: xmlrpc,
    body: call('login', { password: 'test' }),
    text: fault(200, 'Client error: Missing required argument(s)'),
  },
  {
    says: '§3 no such account is 100',
    path: xmlrpc,
    body: call('login', { username: 'nobody', password: 'x' }),
    text: fault(100, 'Invalid username'),
  },
  {
    says: '§3 memorial is 309',
    path: flat,
    body: 'mode=login&user=demo_memorial&password=demo',
    text: fail('Client error: Account is marked as a memorial.'),
  },
  {
    says: '§3 locked is 308',
    path: flat,
    body: 'mode=login&user=demo_locked&password=demo',
    text: fail('Client error: Account is locked and cannot be used.'),
  },
  {
    says: '§3 suspended is 305',
    path: flat,
    body: 'mode=sessiongenerate&user=demo_suspended&password=demo',
    text: fail('Client error: Action forbidden; account is suspended.'),
  },
  {
    says: '§3 locked accounts may expire their sessions',
    path: flat,
    body: 'mode=sessionexpire&user=demo_locked&password=demo&expireall=1',
    text: 'success\nOK\n',
  },
  {
    says: '§3 readonly is let in with a message',
    path: flat,
    body: 'mode=login&user=demo_readonly&password=demo',
    text: /\nmessage\n.*read-only/,
  },
];

/** §4 to §8 */
const resultRows: readonly Row[] = [
  {
    says: '§4 a forged challenge is 101',
    path: flat,
    body: `mode=login&user=test&auth_method=challenge&auth_challenge=c0:x&auth_response=${md5Hex('x')}`,
    text: fail('Invalid password'),
  },
  {
    says: '§4 a cookie without X-LJ-Auth authenticates nothing',
    path: flat,
    headers: { Cookie: 'ljsession=ws:test:1:abc' },
    body: 'mode=login&user=test&auth_method=cookie',
    text: fail('Invalid password'),
  },
  {
    says: '§5 the login result names userid, username and fullname first',
    path: xmlrpc,
    body: call('login', right),
    text: '<struct><member><name>userid</name><value><int>3</int></value></member><member><name>username</name><value><string>test</string></value></member><member><name>fullname</name>',
  },
  {
    says: '§5 a flat challenge stands on lines 3 and 4',
    path: flat,
    body: 'mode=getchallenge',
    text: /^auth_scheme\nc0\nchallenge\nc0:[0-9a-z:]+\nexpire_time\n\d+\nserver_time\n\d+\nsuccess\nOK\n$/,
  },
  {
    says: '§5 a session is ws:USERNAME:ID:AUTH',
    path: flat,
    body: form.replace('login', 'sessiongenerate'),
    text: /^ljsession\nws:test:[1-9]\d*:[A-Za-z0-9]{26,}\nsuccess\nOK\n$/,
  },
  {
    says: '§5 sessionexpire gives nothing',
    path: xmlrpc,
    body: call('sessionexpire', right),
    text: '<params><param><value><struct/></value></param></params>',
  },
  {
    says: '§6 a refused sessiongenerate has no ljsession',
    path: flat,
    body: 'mode=sessiongenerate&user=test&password=x',
    text: fail('Invalid password'),
  },
  {
    says: '§7 a form is a form whatever its type',
    path: flat,
    headers: { 'Content-Type': 'application/x-www-form-urlescaped' },
    body: form,
    text: ok,
  },
  { says: '§7 keys may be percent-encoded', path: flat, body: form.replace('mode', 'm%6fde'), text: ok },
  {
    says: '§7 a stray % is itself, ; does not separate',
    path: flat,
    body: `${form}&clientversion=%;user=x`,
    text: ok,
  },
  {
    says: '§7 responseenc=urlenc gives the same pairs, URL-encoded',
    path: flat,
    body: 'mode=login&user=nobody&responseenc=urlenc',
    text: 'errmsg=Invalid+username&success=FAIL&',
  },
  {
    says: '§7 text that is no UTF-8 is taken at version 0',
    path: flat,
    body: bytes(`${form}&clientversion=caf\xe9`),
    text: ok,
  },
  {
    says: '§7 and refused with 208 from version 1 on',
    path: flat,
    body: bytes(`${form}&ver=1&clientversion=caf\xe9`),
    text: fail('Client error: Invalid text encoding: clientversion'),
  },
  {
    says: '§8 a charset that nobody knows is passed over',
    path: xmlrpc,
    headers: { 'Content-Type': 'text/xml; charset=x-none' },
    body: call('login', right),
    text: '<name>userid</name>',
  },
  {
    says: '§8 so is one that the bytes disprove',
    path: xmlrpc,
    headers: { 'Content-Type': 'text/xml; charset=utf-16' },
    body: call('login', right),
    text: '<name>userid</name>',
  },
  {
    says: '§8 an encoding in the declaration that nobody knows is -32701',
    path: xmlrpc,
    body: call('login', right).replace('?>', ' encoding="x-none"?>'),
    text: '<int>-32701</int>',
  },
  {
    says: '§8 Apache’s types are read',
    path: xmlrpc,
    body: call('login', { ...right, getmoods: '<ex:i2>0</ex:i2>' }),
    text: '<name>moods</name>',
  },
  {
    says: '§8 a username of digits may come as an int',
    path: xmlrpc,
    body: call('login', { username: '<int>12345</int>', password: 'x' }),
    text: fault(100, 'Invalid username'),
  },
  {
    says: '§8 a DOCTYPE is refused',
    path: xmlrpc,
    body: `<!DOCTYPE x><methodCall/>`,
    text: '<int>-32700</int>',
  },
  {
    says: '§8 white space round a method’s name is not part of it',
    path: xmlrpc,
    body: call('login', right).replace('LJ.XMLRPC.login', '\n LJ.XMLRPC.login '),
    text: '<name>userid</name>',
  },
  {
    says: '§8 what is well formed but no call is -32600',
    path: xmlrpc,
    body: call('login', { ...right, x: '<int>test</int>' }),
    text: '<int>-32600</int>',
  },
  {
    says: '§8 getchallenge takes no params at all',
    path: xmlrpc,
    body: '<methodCall><methodName>LJ.XMLRPC.getchallenge</methodName></methodCall>',
    text: '<name>challenge</name>',
  },
  {
    says: '§8 a multicall takes 64 entries',
    path: xmlrpc,
    body: multicall(64, 'system.listMethods'),
    text: 'LJ.XMLRPC.login',
  },
  { says: '§8 and no more', path: xmlrpc, body: multicall(65, 'system.listMethods'), text: '<int>203</int>' },
  {
    says: '§8 at most 16 of them for an account',
    path: xmlrpc,
    body: multicall(17, 'LJ.XMLRPC.login'),
    text: '<int>203</int>',
  },
];

/** The table. */
export const wireTable: readonly Row[] = [...endpoints, ...argumentRows, ...resultRows];

/** What Node, the Worker and the shipped proxies let through, and API Gateway's routes do not. */
export const behindPaths: readonly Row[] = ['.bml', '%20HTTP/1.0', '/x', '//', ';x'].map((behind) => ({
  says: `§1 ${behind} behind a path reaches it`,
  path: `${flat}${behind}`,
  body: form,
  text: ok,
}));

/** The request of a row. */
export function requestOf({ verb = 'POST', path = '/', headers = {}, body = '' }: Row): HostileRequest {
  const type = path.includes('xmlrpc') ? 'text/xml' : 'application/x-www-form-urlencoded';
  const all = { 'Content-Type': type, ...headers };
  return { verb, path, headers: Object.entries(all), body: Buffer.from(body) };
}
