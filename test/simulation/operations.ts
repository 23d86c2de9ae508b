/** What owners and operators change, through the operations that the pages, the API and the command line share. */
import type { Username } from '../../core/accounts/username.ts';
import { HasherBusy, SecretMissing, StoreFailed, StoreUnavailable } from '../../core/failures.ts';
import { setPassword, setStatus } from '../../infra/operations/credential-operations.ts';
import { importAccounts } from '../../infra/operations/import-accounts.ts';
import { addKey, revokeKey } from '../../infra/operations/key-operations.ts';
import { OperationRefused } from '../../infra/operations/operator-context.ts';
import { rotateSecret } from '../../infra/operations/rotation.ts';
import { secretOf } from './model.ts';
import type { SimulatedProcess } from './process.ts';
import type { Known, Operation, World } from './world.ts';

/** Milliseconds for which a write without a reply may still come about. */
const latest = 30_000;

/** Does work; `undefined`: nobody knows whether it was done, or it was refused. */
export async function attempted<T>(
  world: World,
  { life }: SimulatedProcess,
  what: string,
  work: () => Promise<T>,
): Promise<{ readonly operation: Operation; readonly done: Promise<T | undefined> }> {
  const begun = world.scheduler.now();
  let over = Number.POSITIVE_INFINITY;
  const operation: Operation = {
    begun,
    over: () => Math.min(over, (world.deaths.get(life) ?? Number.POSITIVE_INFINITY) + latest),
  };
  world.note(`${what}: begins`);
  const done = work().then(
    (value) => {
      over = world.scheduler.now();
      world.note(`${what}: done`);
      world.count(`${what.split(' ')[0]}: done`);
      return value;
    },
    (error: unknown) => {
      over = world.scheduler.now() + latest;
      world.note(`${what}: ${error instanceof Error ? error.message : error}`);
      const passes = [OperationRefused, StoreUnavailable, SecretMissing, HasherBusy];
      const foreseen = passes.some((type) => error instanceof type) || !(error instanceof StoreFailed);
      if (!foreseen) world.fail('broken', `${what}: ${error instanceof Error ? error.stack : error}`);
      world.count(`${what.split(' ')[0]}: not done`);
      return undefined;
    },
  );
  return { operation, done };
}

/** From now on every session of the account may end; those from before have ended once it is done. */
export async function endingSessions<T>(
  world: World,
  known: Known,
  work: Promise<{ readonly operation: Operation; readonly done: Promise<T | undefined> }>,
): Promise<T | undefined> {
  const sessions = known.secrets.filter(({ kind }) => kind === 'session');
  const { operation, done } = await work;
  known.endings.push(operation);
  for (const session of sessions) session.mayEnd = Math.min(session.mayEnd, operation.begun);
  const value = await done;
  if (value === undefined) return undefined;
  const now = world.scheduler.now();
  for (const session of sessions) session.ended = Math.min(session.ended, now);
  return value;
}

/** Sets the password, or imports the account over itself with another one. */
export async function changePassword(
  world: World,
  process: SimulatedProcess,
  known: Known,
  text: string,
  by: 'setting' | 'import',
): Promise<void> {
  const begun = world.scheduler.now();
  const others = [...known.passwordOperations];
  const secret = secretOf({ account: known.name, kind: 'password', text, begun });
  if (others.some(([, operation]) => operation.over() > begun)) secret.mayEnd = begun;
  for (const [other] of others) other.mayEnd = Math.min(other.mayEnd, begun);
  known.secrets.push(secret);
  const username = known.name as Username;
  const work = attempted(world, process, `${by} the password of ${known.name} to ${text}`, async () => {
    if (by === 'setting') return setPassword(process.operator, username, { password: text });
    const line = new TextEncoder().encode(`${JSON.stringify({ username, password: text })}\n`);
    const chunks = (async function* () {
      yield line;
    })();
    const counts = await importAccounts(process.operator, chunks, { onConflict: 'update', dryRun: false });
    if (counts.updated !== 1) throw new OperationRefused('the line was refused');
    return counts;
  });
  known.passwordOperations.set(secret, (await work).operation);
  if ((await endingSessions(world, known, work)) === undefined) return;
  const now = world.scheduler.now();
  secret.acknowledged = now;
  for (const [other, operation] of others) {
    if (operation.over() < begun) other.ended = Math.min(other.ended, now);
  }
}

/** Suspends the account, or makes it active again. */
export async function changeStatus(
  world: World,
  process: SimulatedProcess,
  known: Known,
  to: 'active' | 'suspended',
): Promise<void> {
  const { status, name } = known;
  const work = () =>
    attempted(world, process, `status of ${name} to ${to}`, () =>
      setStatus(process.operator, name as Username, to),
    );
  const number = ++status.number;
  const begun = world.scheduler.now();
  const alone = status.operations.every((earlier) => earlier.over() < begun);
  status.value = 'unknown';
  const running = work();
  // Listed before it can have an effect.
  running.then(({ operation }) => status.operations.push(operation));
  const done = to === 'suspended' ? await endingSessions(world, known, running) : await (await running).done;
  if (done === undefined || !alone || status.number !== number) return;
  status.value = to;
  status.since = world.scheduler.now();
}

/** Makes a client key. */
export async function makeKey(world: World, process: SimulatedProcess, known: Known, name: string) {
  const begun = world.scheduler.now();
  const { done } = await attempted(world, process, `key ${name} of ${known.name}`, () =>
    addKey(process.operator, known.name as Username, name),
  );
  const key = await done;
  if (!key) return;
  const secret = secretOf({ account: known.name, kind: 'key', text: key.secret, begun });
  secret.acknowledged = world.scheduler.now();
  known.secrets.push(secret);
  known.keyIds.set(secret, key.id);
}

/** Revokes one of the account's client keys. */
export async function endKey(world: World, process: SimulatedProcess, known: Known, turn: number) {
  const keys = [...known.keyIds].filter(([key]) => key.ended === Number.POSITIVE_INFINITY);
  const [secret, id] = keys[turn % Math.max(1, keys.length)] ?? [];
  if (!secret || id === undefined) return;
  secret.mayEnd = Math.min(secret.mayEnd, world.scheduler.now());
  const { done } = await attempted(world, process, `revoking the key ${id} of ${known.name}`, () =>
    revokeKey(process.operator, known.name as Username, id),
  );
  if (await done) secret.ended = Math.min(secret.ended, world.scheduler.now());
}

/** Rotates the root secret. */
export async function rotate(world: World, process: SimulatedProcess): Promise<void> {
  const { life, operator, createHasher } = process;
  const { done } = await attempted(world, process, 'rotating the secret', () =>
    rotateSecret(operator, world.secrets.source(life), {
      wait: life.sleep,
      onStep: () => undefined,
      createHasher,
    }),
  );
  await done;
}
