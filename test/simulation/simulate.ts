/** Runs a seed: the same seed and steps, the same run. */
import type { Username } from '../../core/accounts/username.ts';
import { addAccount } from '../../infra/operations/account-operations.ts';
import { diceOf } from './dice.ts';
import { secretOf, type Violation } from './model.ts';
import { createScheduler } from './scheduler.ts';
import { days, perform, type Step, stepsOf } from './steps.ts';
import { virtualRuntime } from './virtual-runtime.ts';
import { createWorld, type Fault, gateways, type World } from './world.ts';

/** A run. */
export interface Run {
  readonly seed: number;
  readonly steps: readonly Step[];
  /** What happened, by its kind. */
  readonly events: ReadonlyMap<string, number>;
  readonly script: readonly string[];
  /** The first invariant that did not hold. */
  readonly violation: Violation | undefined;
}

/** Runs a seed, or some of its steps. */
export async function simulate(seed: number, fault: Fault = {}, steps = stepsOf(seed)): Promise<Run> {
  const scheduler = createScheduler(Date.UTC(2030, 0, 1));
  const events = new Map<string, number>();
  const script: string[] = [];
  let violation: Violation | undefined;
  const onFailure = (each: Violation) => {
    if (!violation) script.push(`${Math.round(scheduler.now())} VIOLATION ${each.message}`);
    violation ??= each;
  };
  const restore = virtualRuntime(scheduler);
  const world = createWorld(seed, scheduler, events, (text) => script.push(text), onFailure, fault);
  try {
    await openAccounts(world);
    for (let day = 0; day < days && !violation; day++) {
      for (const step of steps.filter((each) => each.day === day)) start(world, seed, step);
      await scheduler.run();
      scheduler.leap(nightOf(seed));
    }
    if (!violation) await checkStrangers(world);
  } finally {
    await world.deployment.close();
    restore();
  }
  return { seed, steps, events, script, violation };
}

/** Milliseconds between two days: sessions of the first are alive on the second, or their 24 hours are over. */
function nightOf(seed: number): number {
  return (20 + diceOf(seed, 'night').below(8)) * 3600_000;
}

function start(world: World, seed: number, step: Step): void {
  const run = async () => {
    await world.scheduler.sleep(step.at);
    await perform(world, seed, step);
  };
  run().catch((error: unknown) => {
    world.fail(
      'broken',
      `step ${step.number}, ${step.kind}: ${error instanceof Error ? error.stack : error}`,
    );
  });
}

/** Makes the accounts, before anything goes wrong. */
async function openAccounts(world: World): Promise<void> {
  const first = world.start();
  for (const name of ['ann', 'bob', 'victim']) {
    const secret = secretOf({
      account: name,
      kind: 'password',
      text: `${name}'s first`,
      begun: world.scheduler.now(),
    });
    const add = addAccount(first.operator, { username: name, password: secret.text });
    let added = false;
    add.then(
      () => {
        added = true;
      },
      () => undefined,
    );
    await world.scheduler.run();
    if (added) secret.acknowledged = world.scheduler.now();
    world.accounts.set(name, {
      name,
      secrets: [secret],
      status: {
        number: 0,
        operations: [],
        value: added ? 'active' : 'unknown',
        since: world.scheduler.now(),
      },
      endings: [],
      passwordOperations: new Map([[secret, { begun: secret.begun, over: () => secret.begun }]]),
      keyIds: new Map(),
    });
  }
  for (let i = 1; i < gateways; i++) world.start();
}

/** Nobody but strangers called for these names, so nothing but refusals is there of them. */
async function checkStrangers(world: World): Promise<void> {
  const { operator } = world.processes[0] ?? world.start();
  const victim = 'victim' as Username;
  // A rotation renews every account.
  const rotated = world.events.has('step: rotate');
  const read = async () => {
    const found = (await operator.store.admin.accounts.read([victim])).get(victim);
    const { sessions } = await operator.store.admin.sessions.page(victim, undefined, 10);
    if (found && found.revision > 0 && !rotated)
      world.fail('strangers', `the account has revision ${found.revision}`);
    if (sessions.length > 0) world.fail('strangers', `there are ${sessions.length} sessions`);
  };
  read().catch(() => undefined);
  await world.scheduler.run();
  for (const key of world.deployment.written()) {
    if (/^nobody|refused#nobody|^victim /.test(key)) world.fail('strangers', `${key} was written`);
  }
}
