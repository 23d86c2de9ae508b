/** What happens in a run: the list of steps that a seed gives, and how each is done. */

import type { Result } from '../../core/protocol/methods/table.ts';
import { call, challengeOf, noteSession } from './calls.ts';
import type { Dice } from './dice.ts';
import { diceOf } from './dice.ts';
import type { Secret } from './model.ts';
import {
  attempted,
  changePassword,
  changeStatus,
  endingSessions,
  endKey,
  makeKey,
  rotate,
} from './operations.ts';
import type { SimulatedProcess } from './process.ts';
import type { Known, World } from './world.ts';

/** Kinds of steps, and how often each comes among the others. */
export const kinds = {
  login: 14,
  guess: 12,
  storm: 3,
  replay: 5,
  session: 10,
  expire: 5,
  expireall: 3,
  'guessed expireall': 2,
  relay: 6,
  password: 4,
  import: 2,
  key: 4,
  revoke: 3,
  suspend: 2,
  activate: 4,
  stranger: 4,
  rotate: 1,
  'service away': 1,
  'service back': 2,
  kill: 4,
  'power cut': 1,
  'clock step': 3,
  sweep: 3,
} as const;
export type Kind = keyof typeof kinds;

/** One step. */
export interface Step {
  readonly number: number;
  readonly day: number;
  /** Milliseconds after the beginning of its day. */
  readonly at: number;
  readonly kind: Kind;
}

/** Days of a run: a night between two. */
export const days = 2;

/** The steps of a seed. */
export function stepsOf(seed: number): Step[] {
  const dice = diceOf(seed, 'steps');
  const all = Object.entries(kinds).flatMap(([kind, weight]) => Array<Kind>(weight).fill(kind as Kind));
  const size = 40 + dice.below(60);
  return Array.from({ length: size }, (_, number) => ({
    number,
    day: dice.chance(0.75) ? 0 : 1,
    at: dice.below(5) * 25_000 + dice.below(dice.chance(0.5) ? 400 : 12_000),
    kind: dice.anyOf(all) ?? 'login',
  })).toSorted((a, b) => a.day - b.day || a.at - b.at);
}

/** Where owners are, and where attackers. */
const attackers = ['203.0.113.1', '203.0.113.2'] as const;
const homeOf = (account: string) => `192.0.2.${account.charCodeAt(0)}`;

/** Does a step; nothing when no process runs. */
export async function perform(world: World, seed: number, { kind, number }: Step): Promise<void> {
  const dice = diceOf(seed, `step ${number}`);
  const process = dice.anyOf(world.processes);
  const known = dice.anyOf([...world.accounts.values()].slice(0, 2));
  if (!process || !known) return;
  world.count(`step: ${kind}`);
  await new Performance(world, dice, process, known, number).run(kind);
}

const strangerMethods = ['login', 'sessiongenerate', 'sessionexpire', 'relayed'] as const;

/** The session in a result. */
function sessionIn(result: Result | undefined): string | undefined {
  return result?.method === 'sessiongenerate' ? result.value.ljsession : undefined;
}

class Performance {
  readonly #world: World;
  readonly #dice: Dice;
  readonly #process: SimulatedProcess;
  readonly #known: Known;
  readonly #number: number;

  constructor(world: World, dice: Dice, process: SimulatedProcess, known: Known, number: number) {
    this.#world = world;
    this.#dice = dice;
    this.#process = process;
    this.#known = known;
    this.#number = number;
  }

  async run(kind: Kind): Promise<void> {
    const [world, process, known, dice] = [this.#world, this.#process, this.#known, this.#dice];
    switch (kind) {
      case 'login':
        return void (await this.#call({ method: 'login', secret: this.#secret() }));
      case 'guess':
        return void (await this.#call({ method: 'login', secret: undefined, address: dice.pick(attackers) }));
      case 'storm': {
        // From one address: guesses, and then the right secret.
        const address = dice.pick(attackers);
        const waits = Array.from({ length: 8 }, () => dice.below(600));
        await Promise.all(
          waits.map(async (ms) => {
            await world.scheduler.sleep(ms);
            await this.#call({ method: 'login', secret: undefined, address });
          }),
        );
        await world.scheduler.sleep(100 + dice.below(3000));
        return void (await this.#call({ method: 'login', secret: this.#secret(), address }));
      }
      case 'replay': {
        const secret = this.#secret('password') ?? this.#secret('key');
        const challenge = await challengeOf(process);
        const turns = [0, dice.below(40), dice.below(5000)];
        await Promise.all(
          turns.map(async (ms) => {
            await world.scheduler.sleep(ms);
            await this.#call({ method: 'login', secret, challenge });
          }),
        );
        return;
      }
      case 'session': {
        const secret = this.#secret();
        const made = await this.#call({ method: 'sessiongenerate', secret });
        const text = made && sessionIn(made.result);
        if (secret && made && text !== undefined) noteSession(world, known.name, secret, text, made);
        return;
      }
      case 'expire': {
        const session = this.#secret('session');
        if (!session) return;
        const secret = this.#secret();
        const now = world.scheduler.now();
        if (secret) session.mayEnd = Math.min(session.mayEnd, now);
        const was = session.acknowledged ?? now;
        const id = session.text.split(':')[2] ?? '';
        const done = await this.#call({ method: 'sessionexpire', secret, args: { expire: id } });
        if (done && was < now) session.ended = Math.min(session.ended, done.now);
        return;
      }
      case 'expireall': {
        const secret = this.#secret();
        const work = attempted(world, process, `expireall of ${known.name}`, async () => {
          const done = await this.#call({ method: 'sessionexpire', secret, args: { expireall: '1' } });
          if (!done) throw new Error('refused');
          return done;
        });
        return void (await endingSessions(world, known, work));
      }
      case 'guessed expireall': {
        const [args, address] = [{ expireall: '1' }, dice.pick(attackers)];
        return void (await this.#call({ method: 'sessionexpire', secret: undefined, args, address }));
      }
      case 'relay': {
        const secret = dice.chance(0.8) ? this.#secret() : undefined;
        const address = secret ? homeOf(known.name) : dice.pick(attackers);
        return void (await this.#call({ method: 'relayed', secret, address }));
      }
      case 'password':
        return changePassword(world, process, known, `password ${this.#number}`, 'setting');
      case 'import':
        return changePassword(world, process, known, `password ${this.#number}`, 'import');
      case 'key':
        return makeKey(world, process, known, `key ${this.#number}`);
      case 'revoke':
        return endKey(world, process, known, dice.below(100));
      case 'suspend':
        return changeStatus(world, process, known, 'suspended');
      case 'activate':
        return changeStatus(world, process, known, 'active');
      case 'stranger': {
        const account = dice.pick(['victim', 'nobody']);
        const method = dice.pick(strangerMethods);
        return void (await call(
          world,
          {
            process,
            account,
            address: dice.pick(attackers),
            secret: undefined,
            method,
            args: { expireall: '1' },
          },
          dice,
        ));
      }
      case 'rotate':
        return rotate(world, process);
      case 'service away':
        return world.secrets.away(true);
      case 'service back':
        return world.secrets.away(false);
      case 'kill': {
        world.note('a process dies');
        world.kill(process);
        await world.scheduler.sleep(20 + dice.below(3000));
        world.start();
        return;
      }
      case 'power cut': {
        if (!world.deployment.isOneMachine) return;
        world.note('the power goes out');
        const count = world.processes.length;
        for (const each of [...world.processes]) world.kill(each);
        world.deployment.cutPower();
        await world.scheduler.sleep(2000);
        for (let i = 0; i < count; i++) world.start();
        return;
      }
      case 'clock step':
        return process.stepClock();
      case 'sweep':
        return world.deployment.sweep();
    }
  }

  /** One of the account's secrets, the newer the likelier; ended ones, too. */
  #secret(kind?: Secret['kind']): Secret | undefined {
    const all = this.#known.secrets.filter((secret) => kind === undefined || secret.kind === kind);
    const alive = all.filter(
      (secret) => secret.ended === Number.POSITIVE_INFINITY || secret.expiry?.ended === secret.ended,
    );
    return this.#dice.anyOf(this.#dice.chance(0.6) && alive.length > 0 ? alive.slice(-6) : all);
  }

  #call(each: Omit<Parameters<typeof call>[1], 'process' | 'account' | 'address'> & { address?: string }) {
    const process = this.#dice.anyOf(this.#world.processes) ?? this.#process;
    const address = each.address ?? homeOf(this.#known.name);
    return call(this.#world, { process, account: this.#known.name, ...each, address }, this.#dice);
  }
}
