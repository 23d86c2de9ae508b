/**
 * The SQL stores' driver for SQLite. All work of one turn of the event loop is one transaction and one flush to the
 * disk, because locks, commits and flushes are most of the cost of a small statement. The driver never blocks on the
 * write lock: if another process has it, writes are tried again later, and reads go on meanwhile.
 */
import type { DatabaseSync, StatementSync } from 'node:sqlite';
import { StoreUnavailable } from '../../../core/failures.ts';
import type { StoreObserver } from '../open-store.ts';
import type { Rows, SqlDriver, Statement, WriteOptions } from '../sql/driver.ts';
import type { FileHealth } from './file-health.ts';
import type { GroupCommit } from './group-commit.ts';
import { type LockQueue, lockQueue, mostAtOnce } from './lock-queue.ts';
import { isBusy, isFailedFlush, translated } from './sqlite-errors.ts';

/** One list of statements that is not done yet. */
interface Task {
  readonly kind: 'read' | 'write';
  readonly statements: readonly Statement[];
  readonly options: WriteOptions;
  readonly settled: PromiseWithResolvers<Rows>;
}

/** A database's file, with its flushes and checks. */
export interface DatabaseFile {
  readonly path: string;
  /** Absent: every write is flushed. */
  readonly epoch: string | undefined;
  readonly log: GroupCommit;
  readonly health: FileHealth;
  /** Called after each commit with the number of its writing statements. */
  readonly onCommit: (statements: number) => void;
}

/** The driver of an open database whose busy time-out is 0. Without `file` the database is in memory. */
export function sqliteDriver(
  database: DatabaseSync,
  file?: DatabaseFile,
  observer?: StoreObserver,
): SqlDriver {
  const prepared = new Map<string, StatementSync>();
  const versionQuery = database.prepare('PRAGMA data_version');
  const waiting: LockQueue<Task> = lockQueue({
    attempt,
    expire: ({ settled }) => settled.reject(lastBusy),
    waited: (ms) => observer?.lockWaited(ms),
    onLength: (length) => observer?.lockWaiting(length),
  });
  const queued: Task[] = [];
  let version: number | undefined;
  /** The last error that said that another process has a lock. */
  let lastBusy: unknown;

  function prepare(sql: string): StatementSync {
    const statement = prepared.get(sql) ?? database.prepare(sql);
    prepared.set(sql, statement);
    return statement;
  }

  function inTransaction(tasks: readonly Task[]): Rows[] {
    const writes = tasks.some(isWrite);
    const run = ({ statements }: Task) => statements.map(({ sql, params }) => prepare(sql).all(...params));
    if (tasks.length === 1 && tasks[0] && tasks[0].statements.length < 2) return tasks.map(run);
    // Takes the write lock at the start: a transaction that has read before may not get it.
    prepare(writes ? 'BEGIN IMMEDIATE' : 'BEGIN').run();
    try {
      const rows = tasks.map(run);
      prepare('COMMIT').run();
      return rows;
    } catch (error) {
      if (database.isTransaction) database.exec('ROLLBACK');
      throw error;
    }
  }

  async function flush({ log, health }: DatabaseFile): Promise<void> {
    const since = performance.now();
    try {
      await log.flushed();
      observer?.flushed(performance.now() - since);
    } catch (cause) {
      throw health.flushFailed(cause as Error);
    }
    health.checkNow();
  }

  /** @throws {StoreUnavailable | StoreFailed} when none of the tasks was done */
  function finish(tasks: readonly Task[]): void {
    file?.health.check();
    const rows = translated('SQLite', () => inTransaction(tasks));
    for (const [i, { options }] of tasks.entries()) options.committed?.(rows[i] ?? []);
    const flushed = file && tasks.some(needsFlush) ? flush(file) : undefined;
    for (const [i, task] of tasks.entries()) {
      const [result, { settled }] = [rows[i] ?? [], task];
      if (flushed && needsFlush(task)) flushed.then(() => settled.resolve(result), settled.reject);
      else settled.resolve(result);
    }
    const written = tasks.filter(isWrite).reduce((sum, { statements }) => sum + statements.length, 0);
    if (written > 0) file?.onCommit(written);
  }

  /** Does or rejects tasks, and returns those that another process's lock blocked. */
  function attempt(tasks: readonly Task[]): Task[] {
    if (tasks.length === 0) return [];
    try {
      finish(tasks);
      return [];
    } catch (error) {
      if (isFailedFlush(error)) file?.health.flushFailed(error as Error);
      if (isBusy(error)) {
        lastBusy = error;
        // Reads need no lock, except while another process recovers the log after a crash.
        const reads = tasks.filter((task) => !isWrite(task));
        if (reads.length === 0 || reads.length === tasks.length) return [...tasks];
        return [...attempt(reads), ...tasks.filter(isWrite)];
      }
      return tasks.flatMap((task) => {
        // A full disk refuses every write. Any other error may come from one task only, so each task is done again
        // alone.
        const shared = tasks.length === 1 || (error instanceof StoreUnavailable && isWrite(task));
        if (!shared) return attempt([task]);
        task.settled.reject(error);
        return [];
      });
    }
  }

  function readVersion(): number {
    try {
      return translated('SQLite', () => Number(versionQuery.get()?.['data_version']));
    } catch (error) {
      // While another process recovers the log, the version is unknown. NaN never equals the previous version.
      if (isBusy(error)) return Number.NaN;
      throw error;
    }
  }

  function needsFlush(task: Task): boolean {
    return isWrite(task) && !isHint(task) && !(task.options.lasts === 'epoch' && file?.epoch);
  }

  /** Queues writes that another process's lock blocked; hints are given up. */
  function wait(tasks: readonly Task[]): void {
    for (const { settled } of tasks.filter(isHint)) settled.resolve([]);
    waiting.add(tasks.filter((task) => !isHint(task)));
  }

  function turn(): void {
    const tasks = queued.splice(0, mostAtOnce);
    if (queued.length > 0) setImmediate(turn);
    const blocked = waiting.isEmpty() ? [] : tasks.filter(isWrite);
    const now = blocked.length > 0 ? tasks.filter((task) => !isWrite(task)) : tasks;
    wait([...blocked, ...attempt(now)]);
  }

  function ask(
    kind: Task['kind'],
    statements: readonly Statement[],
    options: WriteOptions = {},
  ): Promise<Rows> {
    const settled = Promise.withResolvers<Rows>();
    // The tick runs after the promise callbacks of this turn, so that their statements join this transaction.
    if (queued.push({ kind, statements, options, settled }) === 1) process.nextTick(turn);
    return settled.promise;
  }

  return {
    read: (statements) => ask('read', statements),
    write: (statements, options) => ask('write', statements, options),
    ...(file?.epoch && { epoch: file.epoch }),
    version() {
      file?.health.check();
      if (version === undefined) {
        version = readVersion();
        process.nextTick(() => {
          version = undefined;
        });
      }
      return version;
    },
  };
}

function isWrite({ kind }: Task): boolean {
  return kind === 'write';
}

function isHint({ options }: Task): boolean {
  return options.lasts === 'hint';
}
