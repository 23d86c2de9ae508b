/** Codecs: what reading a call and writing its result cost, alone and beside other people's parsers. */
import { defaultBans } from '../../core/bans.ts';
import { enrol } from '../../core/enrolment.ts';
import type { Gateway } from '../../core/gateway.ts';
import { login } from '../../core/methods/login.ts';
import type { Value } from '../../core/values.ts';
import type { Door } from '../../functions/adapters/door.ts';
import { flatDoor } from '../../functions/adapters/flat/door.ts';
import { xmlrpcDoor } from '../../functions/adapters/xmlrpc.ts';
import { demoAccounts } from '../../infra/site/demo.ts';
import { createSettings } from '../../infra/world.ts';
import { testPorts } from '../support/ports.ts';
import { callDocument } from '../support/wire.ts';
import { bare, type Contestant, paced } from './parsers.ts';
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
  const contestants = await assemble(plan);
  const rates = contestants.map((): number[] => []);
  for (let round = 0; round <= plan.rounds; round++) {
    plan.say(`codecs: round ${round} of ${plan.rounds}`);
    for (const [i, contestant] of contestants.entries()) {
      const rate = await contestant.run(plan.codecMs);
      if (round > 0) rates[i]?.push(rate);
    }
  }
  return contestants.map(({ codec, does, bytes, beside, target }, i) => {
    const own = rates[i] ?? [];
    const other = rates[contestants.findIndex((one) => one.codec === 'sax' && one.does === beside)];
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

async function assemble(plan: Plan): Promise<Contestant[]> {
  const refuses: Gateway = { answer: async () => ({ ok: false, refusal: { code: 101 } }) };
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
  const fullReply = (await answered(xmlrpcDoor(answers), fullCall, xmlrpc.type)).body;
  return [
    await through({ ...xmlrpc, door: xmlrpcDoor(refuses), does: refused, beside: reading }, call),
    await through({ ...xmlrpc, door: xmlrpcDoor(answers), does: written, ...goal }, call),
    ...(await bare(plan, reading, call.toString())),
    await through({ ...xmlrpc, door: xmlrpcDoor(answers), does: full, beside: replying }, fullCall),
    ...(await bare(plan, replying, fullReply)),
    await through({ ...flat, door: flatDoor(refuses), does: refused }, form),
    await through({ ...flat, door: flatDoor(answers), does: written }, form),
    await through({ ...flat, door: flatDoor(answers), does: full }, fullForm),
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
async function knowing(): Promise<Gateway> {
  const [line] = demoAccounts;
  if (!line) throw new Error('there is no demo account');
  const account = await enrol(line, testPorts(), line.userid);
  const settings = createSettings(defaultBans, undefined);
  const asked = wishes.map((wish): [string, Value] => [wish, wish === 'getmoods' ? '0' : '1']);
  const plain = login(settings, account, new Map());
  const all = login(settings, account, new Map(asked));
  return {
    answer: async (call) => ({
      ok: true,
      value: { method: 'login', value: 'args' in call && call.args.has('getmoods') ? all : plain },
    }),
  };
}

interface Through {
  readonly codec: string;
  readonly type: string;
  readonly door: Door;
  readonly does: string;
  readonly beside?: string;
  readonly target?: number;
}

function answered(door: Door, body: Uint8Array, contentType: string) {
  const context = { address: '127.0.0.1', cookie: undefined, ljAuth: undefined, agent: undefined };
  return door.answer({ body, contentType, context });
}

async function through({ door, type, ...row }: Through, body: Uint8Array): Promise<Contestant> {
  const reply = await answered(door, body, type);
  return {
    ...row,
    bytes: [body.length, Buffer.byteLength(reply.body)],
    run: (ms) => paced(ms, () => answered(door, body, type)),
  };
}
