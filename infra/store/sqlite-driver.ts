/**
 * SQLite as the SQL stores' driver. What is asked of it in one turn of the event loop is done in one
 * transaction and brought to the disk by one flush: locks, commits and flushes are most of what a small
 * statement costs.
 */
import type { DatabaseSync, StatementSync } from 'node:sqlite';
import { StoreUnavailable } from '../../core/ports.ts';
import type { GroupCommit } from './group-commit.ts';
import type { Rows, SqlDriver, Statement } from './sql/driver.ts';
import { translated } from './sqlite-errors.ts';

/** One list of statements, asked for and not yet done. */
interface Task {
  readonly kind: 'read' | 'write';
  readonly statements: readonly Statement[];
  readonly committed: ((rows: Rows) => void) | undefined;
  readonly settled: PromiseWithResolvers<Rows>;
}

/** Drives a database whose log `log` brings to the disk. */
export function sqliteDriver(database: DatabaseSync, log: GroupCommit): SqlDriver {
  const prepared = new Map<string, StatementSync>();
  let asked: Task[] = [];
  let version: number | undefined;

  function prepare(sql: string): StatementSync {
    const statement = prepared.get(sql) ?? database.prepare(sql);
    prepared.set(sql, statement);
    return statement;
  }

  const versionQuery = database.prepare('PRAGMA data_version');

  function inTransaction(tasks: readonly Task[]): Rows[] {
    const writes = tasks.some(({ kind }) => kind === 'write');
    const run = ({ statements }: Task) => statements.map(({ sql, params }) => prepare(sql).all(...params));
    if (tasks.length === 1 && tasks[0] && tasks[0].statements.length < 2) return tasks.map(run);
    // It takes the write lock at the start: a transaction that reads first could not wait for it later.
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

  async function flush(): Promise<void> {
    try {
      await log.flushed();
    } catch (cause) {
      const { message } = cause as Error;
      throw new StoreUnavailable(`SQLite: ${message}`, { cause });
    }
  }

  /** @throws {StoreUnavailable | StoreFailed} when nothing of it was done */
  function finish(tasks: readonly Task[]): void {
    const rows = translated('SQLite', () => inTransaction(tasks));
    for (const [i, { committed }] of tasks.entries()) committed?.(rows[i] ?? []);
    const flushed = tasks.some(({ kind }) => kind === 'write') ? flush() : undefined;
    for (const [i, { kind, settled }] of tasks.entries()) {
      const result = rows[i] ?? [];
      if (kind === 'read' || !flushed) settled.resolve(result);
      else flushed.then(() => settled.resolve(result), settled.reject);
    }
  }

  function finishAll(): void {
    const tasks = asked;
    asked = [];
    try {
      finish(tasks);
    } catch {
      // One of them spoils it for all: each is done by itself, and has the error that is its own.
      for (const task of tasks) finishAlone(task);
    }
  }

  function finishAlone(task: Task): void {
    try {
      finish([task]);
    } catch (error) {
      task.settled.reject(error);
    }
  }

  function ask(
    kind: Task['kind'],
    statements: readonly Statement[],
    committed?: Task['committed'],
  ): Promise<Rows> {
    const settled = Promise.withResolvers<Rows>();
    // A tick comes after all that promises still have to do in this turn.
    if (asked.push({ kind, statements, committed, settled }) === 1) process.nextTick(finishAll);
    return settled.promise;
  }

  return {
    read: (statements) => ask('read', statements),
    write: (statements, committed) => ask('write', statements, committed),
    version() {
      if (version === undefined) {
        version = translated('SQLite', () => Number(versionQuery.get()?.['data_version']));
        process.nextTick(() => {
          version = undefined;
        });
      }
      return version;
    },
  };
}
