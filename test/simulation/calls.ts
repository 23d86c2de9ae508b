/** The clients' calls: each shows a secret in one of the protocol's ways, and its answer is checked. */
import { createHash } from 'node:crypto';
import type { Username } from '../../core/accounts/username.ts';
import { relayedMethod } from '../../core/protocol/call.ts';
import type { AccountMethod, Result } from '../../core/protocol/methods/table.ts';
import type { Dice } from './dice.ts';
import { checkBan, checkSecret, type Secret, type StatusKnown, Violation } from './model.ts';
import { mostSkew, type SimulatedProcess } from './process.ts';
import type { World } from './world.ts';

/** A call to make. */
export interface ClientCall {
  readonly process: SimulatedProcess;
  readonly account: string;
  readonly address: string;
  /** `undefined`: a guess. */
  readonly secret: Secret | undefined;
  readonly method: AccountMethod | 'relayed';
  readonly args?: Readonly<Record<string, string>>;
  /** A challenge to answer, in place of a new one. */
  readonly challenge?: string | undefined;
}

/** What came of a call that was let in. */
export interface LetIn {
  readonly begun: number;
  readonly now: number;
  readonly result: Result | undefined;
}

const md5 = (text: string) => createHash('md5').update(text).digest('hex');

/** A challenge of a process. */
export async function challengeOf({ gateway }: SimulatedProcess): Promise<string> {
  const answer = await gateway.answer({
    method: 'getchallenge',
    args: new Map(),
    context: contextOf('198.51.100.1'),
  });
  if (!answer.ok || answer.value.method !== 'getchallenge') throw new Error('there is no challenge');
  return answer.value.value.challenge;
}

function contextOf(address: string, cookie?: string) {
  return { address, cookie, ljAuth: cookie && 'cookie', agent: 'simulation' };
}

/** Shows the secret in a way that suits it. */
async function shown({ process, secret, challenge }: ClientCall, dice: Dice, world: World) {
  const text = secret?.text ?? `guess ${dice.below(1e9)}`;
  const way =
    secret?.kind === 'session'
      ? 'cookie'
      : challenge
        ? 'challenge'
        : dice.pick(['clear', 'hpassword', 'challenge']);
  world.count(`shows ${secret?.kind ?? 'a guess'} by ${way}`);
  switch (way) {
    case 'cookie':
      return { args: { auth_method: 'cookie' }, cookie: `ljsession=${text}`, challenge: undefined };
    case 'clear':
      return { args: { password: text }, cookie: undefined, challenge: undefined };
    case 'hpassword':
      return { args: { hpassword: md5(text) }, cookie: undefined, challenge: undefined };
    default: {
      const asked = challenge ?? (await challengeOf(process));
      const args = { auth_method: 'challenge', auth_challenge: asked, auth_response: md5(asked + md5(text)) };
      return { args, cookie: undefined, challenge: asked };
    }
  }
}

/** Makes a call and checks its answer. `undefined`: it was refused. */
export async function call(world: World, each: ClientCall, dice: Dice): Promise<LetIn | undefined> {
  const { account, address, secret, method } = each;
  const known = world.accounts.get(account);
  const { args, cookie, challenge } = await shown(each, dice, world);
  const begun = world.scheduler.now();
  const attempts = world.attempts(account, address);
  const slot = attempts.refused.push(begun) - 1;
  const claim = {
    username: account as Username,
    args: new Map(Object.entries({ ver: '1', ...args, ...each.args })),
    context: contextOf(address, cookie),
  };
  const what = `${method} of ${account} from ${address} with ${secret ? `${secret.kind} ${secret.text}` : 'a guess'}`;
  world.note(`${what}: begins`);
  const { code, result, cause } = await answered(world, each, claim, begun);
  const now = world.scheduler.now();
  world.note(`${what}: ${code}`);
  world.count(`${method}: ${code}`);
  if (code === 0) attempts.refused[slot] = Number.NaN;
  if (code === 500 || code === 501) {
    world.fail('broken', `${what}: ${code}, ${cause instanceof Error ? cause.stack : cause}`);
  }
  const before = {
    refused: attempts.refused.filter((time, i) => i !== slot && time <= now),
    counted: attempts.counted,
  };
  guarded(world, () => checkBan(before, { begun, now, code }, 2 * mostSkew));
  // A challenge that was shown before is refused, whatever the secret.
  const repeated = each.challenge !== undefined && code === 101;
  // Who is suspended may still end sessions.
  const status: StatusKnown | undefined = method === 'sessionexpire' ? undefined : known?.status;
  if (known && !repeated) guarded(world, () => checkSecret(secret, { begun, now, code }, status));
  if (challenge !== undefined && code === 0) {
    const times = (world.challenges.get(challenge) ?? 0) + 1;
    world.challenges.set(challenge, times);
    if (times > 1) world.fail('once', `${what}: ${times} times`);
  }
  if (!secret && code === 101) attempts.counted.push({ begun, now });
  return code === 0 ? { begun, now, result } : undefined;
}

function guarded(world: World, check: () => void): void {
  try {
    check();
  } catch (error) {
    if (!(error instanceof Violation)) throw error;
    world.violated(error);
  }
}

async function answered(
  world: World,
  { process, method, secret }: ClientCall,
  claim: {
    readonly username: Username;
    readonly args: ReadonlyMap<string, string>;
    readonly context: ReturnType<typeof contextOf>;
  },
  begun: number,
) {
  if (method !== 'relayed') {
    const answer = await process.gateway.answer({ ...claim, method });
    if (answer.ok) return { code: 0, result: answer.value, cause: undefined };
    return { code: answer.refusal.code, result: undefined, cause: answer.cause };
  }
  const mark = `m${world.relayed.size}`;
  world.relayed.set(mark, { secret, begun, seen: 0 });
  const name = relayedMethod('postevent');
  if (!name) throw new Error('postevent is relayed');
  const relayed = await process.relay({
    wire: 'flat',
    call: { ...claim, relayed: name },
    request: { scheme: 'https', request: mark, largestReply: 1_000_000 },
    contentType: 'application/x-www-form-urlencoded',
    body: () => new TextEncoder().encode(`mark=${mark}`),
  });
  if (!relayed.ok) return { code: relayed.refusal.code, result: undefined, cause: relayed.report.cause };
  relayed.release();
  return { code: 0, result: undefined, cause: undefined };
}

/** A session that a call made, as the clients know it. */
export function noteSession(
  world: World,
  account: string,
  root: Secret,
  text: string,
  { begun, now }: LetIn,
): void {
  const known = world.accounts.get(account);
  if (!known) return;
  const day = 24 * 3600_000;
  const parent = root.kind === 'session' ? root : undefined;
  const overlapped = known.endings.some((operation) => operation.over() > begun);
  const source = parent ? parent.root : root;
  const expiry = {
    mayEnd: Math.min(begun + day - 2 * mostSkew, parent?.expiry?.mayEnd ?? Number.POSITIVE_INFINITY),
    ended: Math.min(now + day + 2 * mostSkew, parent?.expiry?.ended ?? Number.POSITIVE_INFINITY),
  };
  const mayEnd = overlapped ? begun : expiry.mayEnd;
  const { ended } = expiry;
  const made = { account, kind: 'session', text, root: source, begun, acknowledged: now } as const;
  const session: Secret = { ...made, mayEnd, ended, expiry };
  known.secrets.push(session);
}
