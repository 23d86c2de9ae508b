/** What clients do, call by call: each step makes a request from the reply before it. */
import { hash } from 'node:crypto';
import { callDocument } from '../support/wire.ts';

/** A request but for its head's last line, which says whether the connection stays. */
export interface Request {
  readonly path: string;
  readonly body: string;
  /** More header lines, each with its CR LF. */
  readonly headers?: string;
}

/** What a client keeps in mind between its calls. */
export interface Memory {
  /** The body of the last reply. */
  reply: string;
  /** A session that it made. */
  session: string;
  /** The number of this conversation: none has the number of another. */
  readonly number: number;
}

/** One call of a conversation. */
export type Step = (memory: Memory) => Request;

/** A kind of work: a whole conversation. */
export interface Conversation {
  readonly steps: readonly Step[];
  /** What each client does once beforehand. */
  readonly setup?: readonly Step[];
  /** What every reply has to hold. */
  readonly proof: string;
}

const md5 = (text: string) => hash('md5', text);
const test = md5('test');

const flat = (body: string, headers = ''): Request => ({ path: '/interface/flat', body, headers });
const xmlrpc = (body: string): Request => ({
  path: '/interface/xmlrpc',
  body,
  headers: 'Content-Type: text/xml\r\n',
});
const form = 'Content-Type: application/x-www-form-urlencoded\r\n';

function between(text: string, before: string, after: string): string {
  const start = text.indexOf(before);
  const from = start + before.length;
  if (start < 0) throw new Error(`no ${JSON.stringify(before)} in ${JSON.stringify(text)}`);
  return text.slice(from, text.indexOf(after, from));
}

/** By challenge: the protocol's way of not sending the password. */
function flatChallenge(mode: string, reply: string, user = 'test'): Request {
  const challenge = between(reply, 'challenge\n', '\n');
  const response = md5(challenge + test);
  const auth = `auth_method=challenge&auth_challenge=${challenge}&auth_response=${response}`;
  return flat(`mode=${mode}&user=${user}&ver=1&${auth}`, form);
}

/** Accounts with the password `test`, among which sessions are spread: one may ask for 60 in five minutes. */
export const sessionOwners = 1000;
export const sessionOwner = (number: number) => ({
  username: `owner_${number % sessionOwners}`,
  password: 'test',
});

const byCookie = (session: string) => `${form}X-LJ-Auth: cookie\r\nCookie: ljsession=${session}\r\n`;
const cookieCall = (rest: string, session: string) =>
  flat(`${rest}&user=${session.split(':')[1]}&ver=1&auth_method=cookie`, byCookie(session));

const flatGetchallenge: Step = () => flat('mode=getchallenge', form);
const sessiongenerate: Step = ({ reply, number }) =>
  flatChallenge('sessiongenerate', reply, sessionOwner(number).username);
const cookieLogin: Step = (memory) => {
  if (memory.session === '') memory.session = between(memory.reply, 'ljsession\n', '\n');
  return cookieCall('mode=login', memory.session);
};
const sessionexpire: Step = (memory) => {
  const { session } = memory;
  memory.session = '';
  return cookieCall(`mode=sessionexpire&expire_id_${session.split(':')[2]}=1`, session);
};

const getchallengeDocument = callDocument('LJ.XMLRPC.getchallenge', { ver: '<int>1</int>' });

/** A login call as XML-RPC clients send it. */
function loginDocument(challenge: string, response: string): string {
  return callDocument('LJ.XMLRPC.login', {
    username: 'test',
    auth_method: 'challenge',
    auth_challenge: challenge,
    auth_response: response,
    ver: '<int>1</int>',
    clientversion: 'Python-Bench/1.0',
  });
}

const xmlrpcGetchallenge: Step = () => xmlrpc(getchallengeDocument);
const xmlrpcLogin: Step = ({ reply }) => {
  const challenge = xmlText(reply, 'challenge');
  return xmlrpc(loginDocument(challenge, md5(challenge + test)));
};

/** Python puts line feeds between elements. */
function xmlText(reply: string, name: string): string {
  return between(between(reply, `<name>${name}</name>`, '</member>'), '<string>', '</string>');
}

/** Accounts with a password of their own, for clients that come for the first time. */
export const newcomer = (number: number) => ({ username: `bench_${number}`, password: `pass-${number}` });

const plain = (username: string, password: string) =>
  flat(`mode=login&user=${username}&password=${password}&ver=1`, form);

const flatProof = 'success\nOK\n';
const xmlrpcProof = '<params>';

/** Every kind of work, by the name that the report gives it. */
export const conversations = {
  'flat getchallenge': { steps: [flatGetchallenge], proof: flatProof },
  'flat challenge log-in': {
    steps: [flatGetchallenge, ({ reply }) => flatChallenge('login', reply)],
    proof: flatProof,
  },
  'XML-RPC getchallenge': { steps: [xmlrpcGetchallenge], proof: xmlrpcProof },
  'XML-RPC challenge log-in': { steps: [xmlrpcGetchallenge, xmlrpcLogin], proof: xmlrpcProof },
  'whole session life': {
    steps: [flatGetchallenge, sessiongenerate, cookieLogin, sessionexpire],
    proof: flatProof,
  },
  'log-in by cookie': {
    setup: [flatGetchallenge, sessiongenerate],
    steps: [cookieLogin],
    proof: flatProof,
  },
  'plain password, remembered': { steps: [() => plain('test', 'test')], proof: flatProof },
  'plain password, never seen': {
    steps: [
      ({ number }) => {
        const { username, password } = newcomer(number);
        return plain(username, password);
      },
    ],
    proof: flatProof,
  },
} satisfies Readonly<Record<string, Conversation>>;

/** The name of a kind of work. */
export type Work = keyof typeof conversations;
