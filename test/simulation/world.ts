/** A whole deployment in one run: processes that die and start again, the accounts, and what the clients know. */

import type { Ports } from '../../core/ports.ts';
import type { Operator } from '../../infra/operations/operator-context.ts';
import type { AdministeredStore } from '../../infra/stores/open-store.ts';
import type { Transport } from '../../infra/upstream/transport.ts';
import { type Deployment, onDynamodb, onSqlite } from './deployments.ts';
import { diceOf } from './dice.ts';
import type { Tamper } from './dynamodb.ts';
import { type Attempts, type Invariant, type Secret, type StatusKnown, Violation } from './model.ts';
import { createLife, type Life, type SimulatedProcess, startProcess } from './process.ts';
import type { Scheduler } from './scheduler.ts';
import { createSecretService, type SecretService } from './secret-service.ts';
import { wayToSite } from './site-behind.ts';

/** A fault to plant. */
export interface Fault {
  readonly tamper?: Tamper;
  readonly plant?: (ports: Ports, operator: Operator) => Ports;
  readonly transport?: (transport: Transport) => Transport;
  readonly forgetsFlush?: boolean;
}

/** An operation that ends or replaces something, and whether it can still have an effect. */
export interface Operation {
  readonly begun: number;
  /** When its last effect was possible; infinite while it runs. */
  over(): number;
}

/** What the clients know of an account. */
export interface Known {
  readonly name: string;
  readonly secrets: Secret[];
  readonly status: StatusKnown;
  /** Operations that end all sessions. */
  readonly endings: Operation[];
  readonly passwordOperations: Map<Secret, Operation>;
  /** Ids of client keys. */
  readonly keyIds: Map<Secret, string>;
}

/** The world of one seed. */
export interface World {
  readonly scheduler: Scheduler;
  readonly deployment: Deployment;
  readonly secrets: SecretService;
  readonly processes: SimulatedProcess[];
  readonly accounts: Map<string, Known>;
  readonly deaths: Map<Life, number>;
  readonly relayed: Map<
    string,
    { readonly secret: Secret | undefined; readonly begun: number; seen: number }
  >;
  readonly challenges: Map<string, number>;
  attempts(account: string, address: string): Attempts;
  /** What happened, by its kind. */
  readonly events: ReadonlyMap<string, number>;
  count(event: string): void;
  note(text: string): void;
  fail(invariant: Invariant, what: string): void;
  violated(violation: Violation): void;
  start(): SimulatedProcess;
  kill(process: SimulatedProcess): void;
}

/** Processes that run at once. */
export const gateways = 3;

/** Builds the world. `onFailure` is called with each invariant that does not hold. */
export function createWorld(
  seed: number,
  scheduler: Scheduler,
  events: Map<string, number>,
  note: (text: string) => void,
  onFailure: (violation: Violation) => void,
  { tamper, plant, transport = (same) => same, forgetsFlush }: Fault,
): World {
  const count = (event: string) => events.set(event, (events.get(event) ?? 0) + 1);
  const dice = diceOf(seed, 'network');
  const parts = { scheduler, dice, count, tamper, forgetsFlush };
  const deployment = seed % 4 === 0 ? onSqlite(parts) : onDynamodb(parts);
  const secrets = createSecretService(dice, count);
  const attempts = new Map<string, Attempts>();
  let started = 0;
  const world: World = {
    scheduler,
    deployment,
    secrets,
    processes: [],
    accounts: new Map(),
    deaths: new Map(),
    relayed: new Map(),
    challenges: new Map(),
    events,
    count,
    note: (text) => note(`${Math.round(scheduler.now())} ${text}`),
    attempts(account, address) {
      const name = `${account}@${address}`;
      const found = attempts.get(name) ?? { refused: [], counted: [] };
      attempts.set(name, found);
      return found;
    },
    fail: (invariant, what) => onFailure(new Violation(invariant, what)),
    violated: onFailure,
    start() {
      const life = createLife(scheduler);
      const own = diceOf(seed, `process ${started++}`);
      const store: AdministeredStore = deployment.open(life);
      const way = transport(wayToSite(life, own, (body) => siteSees(world, body), count));
      const process = startProcess({ scheduler, dice: own, life, store, secrets, transport: way, plant });
      world.processes.push(process);
      return process;
    },
    kill(process) {
      process.life.alive = false;
      world.deaths.set(process.life, scheduler.now());
      world.processes.splice(world.processes.indexOf(process), 1);
    },
  };
  return world;
}

function siteSees(world: World, body: string): void {
  const mark = new URLSearchParams(body).get('mark') ?? '';
  const call = world.relayed.get(mark);
  if (!call?.secret) {
    world.fail('site', `it got ${body}`);
    return;
  }
  if (call.secret.ended < call.begun) world.fail('site', `${mark} came with an ended ${call.secret.kind}`);
  if (++call.seen > 1) world.fail('twice', `${mark} came ${call.seen} times`);
}
