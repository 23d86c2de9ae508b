/** Codecs: what reading a call and writing its result cost, alone and beside other people's parsers. */

import { createAccount } from '../../core/accounts/create-account.ts';
import type { Gateway } from '../../core/protocol/gateway.ts';
import { login } from '../../core/protocol/methods/login.ts';
import type { Endpoint } from '../../functions/wire/endpoint.ts';
import { flatEndpoint } from '../../functions/wire/flat/flat-endpoint.ts';
import { xmlrpcEndpoint } from '../../functions/wire/xmlrpc/xmlrpc-endpoint.ts';
import { createSettings } from '../../infra/compose.ts';
import { demoAccounts } from '../../infra/site/demo-accounts.ts';
import { invocationOf } from '../support/invocation.ts';
import { testPorts } from '../support/ports.ts';
import { requestFacts, textIn } from '../support/request-facts.ts';
import { callDocument } from '../support/wire.ts';
import { bare, type Candidate, paced } from './parsers.ts';
import type { Plan } from './plan.ts';
import { type Summary, summary } from './statistics.ts';
import { leastCodec } from './targets.ts';

/** One codec's speed. */
export interface CodecRow {
  readonly codec: string;
  readonly does: string;
  /** Bytes read, bytes written. */
  readonly bytes: readonly [number, number];
  /** Times a second of one core's time. */
  readonly rate: Summary;
  /** As a share of sax's speed on the same document, where it reads XML. */
  readonly ofSax?: Summary;
  readonly target?: number;
}

/** The size that a login call of a talkative client has. */
const callSize = 850;

/** Measures each in turn, round after round. */
export async function measureCodecs(plan: Plan): Promise<CodecRow[]> {
  const candidates = await assemble(plan);
  const rates = candidates.map((): number[] => []);
  for (let round = 0; round <= plan.rounds; round++) {
    plan.say(`codecs: round ${round} of ${plan.rounds}`);
    for (const [i, candidate] of candidates.entries()) {
      const rate = await candidate.run(plan.codecMs);
      if (round > 0) rates[i]?.push(rate);
    }
  }
  return candidates.map(({ codec, does, bytes, beside, target }, i) => {
    const own = rates[i] ?? [];
    const other = rates[candidates.findIndex((one) => one.codec === 'sax' && one.does === beside)];
    return {
      codec,
      does,
      bytes,
      rate: summary(own),
      ...(other && { ofSax: summary(own.map((rate, round) => rate / (other[round] ?? Number.NaN))) }),
      ...(target !== undefined && { target }),
    };
  });
}

async function assemble(plan: Plan): Promise<Candidate[]> {
  const refuses: Pick<Gateway, 'answer'> = { answer: async () => ({ ok: false, refusal: { code: 101 } }) };
  const answers = await knowing();
  const everything = Object.fromEntries(wishes.map((wish) => [wish, '1']));
  const call = Buffer.from(loginCall());
  const fullCall = Buffer.from(callDocument('LJ.XMLRPC.login', { ...credentials, ...everything }));
  const form = formOf({});
  const fullForm = formOf(everything);

  const xmlrpc = { codec: 'ljgate, XML-RPC', type: 'text/xml' };
  const flat = { codec: 'ljgate, flat', type: 'application/x-www-form-urlencoded' };
  const refused = 'login call read and refused';
  const written = 'login call read and answered';
  const full = 'full login result asked for and written';
  const reading = 'login call read';
  const replying = 'full login result read';
  const goal = { beside: reading, target: leastCodec };
  const fullReply = textIn(await answered(xmlrpcEndpoint(answers), fullCall, xmlrpc.type));
  return [
    await throughEndpoint(
      { ...xmlrpc, endpoint: xmlrpcEndpoint(refuses), does: refused, beside: reading },
      call,
    ),
    await throughEndpoint({ ...xmlrpc, endpoint: xmlrpcEndpoint(answers), does: written, ...goal }, call),
    ...(await bare(plan, reading, call.toString())),
    await throughEndpoint(
      { ...xmlrpc, endpoint: xmlrpcEndpoint(answers), does: full, beside: replying },
      fullCall,
    ),
    ...(await bare(plan, replying, fullReply)),
    await throughEndpoint({ ...flat, endpoint: flatEndpoint(refuses), does: refused }, form),
    await throughEndpoint({ ...flat, endpoint: flatEndpoint(answers), does: written }, form),
    await throughEndpoint({ ...flat, endpoint: flatEndpoint(answers), does: full }, fullForm),
  ];
}

function formOf(more: Readonly<Record<string, string>>): Buffer {
  return Buffer.from(new URLSearchParams({ mode: 'login', ...flatCredentials, ...more }).toString());
}

const wishes = ['getmoods', 'getmenus', 'getpickws', 'getpickwurls', 'getcaps'];

const flatCredentials = {
  user: 'test',
  auth_method: 'challenge',
  auth_challenge: 'c0:1799999999:60:abcdefghijklmnopqrstuvwxyz234567',
  auth_response: '0123456789abcdef0123456789abcdef',
  ver: '1',
  clientversion: 'Python-Bench/1.0',
};
const { user, ...others } = flatCredentials;
const credentials = { username: user, ...others, ver: '<int>1</int>' };

function loginCall(): string {
  const short = callDocument('LJ.XMLRPC.login', credentials);
  const filler = 'x'.repeat(callSize - short.length);
  return callDocument('LJ.XMLRPC.login', {
    ...credentials,
    clientversion: `${credentials.clientversion}${filler}`,
  });
}

/** A gateway that knows the answer: what is left is the adapter's own work. */
async function knowing(): Promise<Pick<Gateway, 'answer'>> {
  const [line] = demoAccounts;
  if (!line) throw new Error('there is no demo account');
  const ports = testPorts();
  const account = await createAccount(line, ports, line.userid);
  const settings = createSettings({ sessionRate: 'off' });
  const asked = Object.fromEntries(wishes.map((wish) => [wish, wish === 'getmoods' ? '0' : '1']));
  const plain = await login.run(invocationOf(ports, account, {}, settings));
  const all = await login.run(invocationOf(ports, account, asked, settings));
  return {
    answer: async (call) => ({
      ok: true,
      value: { method: 'login', value: call.args.has('getmoods') ? all : plain },
    }),
  };
}

interface EndpointTrial {
  readonly codec: string;
  readonly type: string;
  readonly endpoint: Endpoint;
  readonly does: string;
  readonly beside?: string;
  readonly target?: number;
}

function answered(endpoint: Endpoint, body: Uint8Array, contentType: string) {
  const context = { address: '127.0.0.1', cookie: undefined, ljAuth: undefined, agent: undefined };
  return endpoint.answer({ body, contentType, context, facts: requestFacts });
}

async function throughEndpoint(
  { endpoint, type, ...row }: EndpointTrial,
  body: Uint8Array,
): Promise<Candidate> {
  const reply = await answered(endpoint, body, type);
  return {
    ...row,
    bytes: [body.length, Buffer.byteLength(textIn(reply))],
    run: (ms) => paced(ms, () => answered(endpoint, body, type)),
  };
}
