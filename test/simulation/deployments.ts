/** The two deployments: processes over DynamoDB, and processes on one machine over SQLite. */
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { dynamodbAdministration } from '../../infra/stores/dynamodb/dynamodb-administration.ts';
import { dynamodbError } from '../../infra/stores/dynamodb/dynamodb-errors.ts';
import { dynamodbPorts } from '../../infra/stores/dynamodb/dynamodb-ports.ts';
import { tablesOf } from '../../infra/stores/dynamodb/tables.ts';
import type { AdministeredStore, OpenStore } from '../../infra/stores/open-store.ts';
import type { GroupCommit } from '../../infra/stores/sqlite/group-commit.ts';
import { openSqlite } from '../../infra/stores/sqlite/sqlite-store.ts';
import type { Dice } from './dice.ts';
import { createDynamodb, type Tamper } from './dynamodb.ts';
import type { Life } from './process.ts';
import type { Scheduler } from './scheduler.ts';
import { storeInTime } from './store-in-time.ts';

/** What processes share. */
export interface Deployment {
  /** Whether a power cut ends all processes at once. */
  readonly isOneMachine: boolean;
  /** The store as one process has it open. */
  open(life: Life): AdministeredStore;
  /** Deletes what has expired. */
  sweep(): Promise<void>;
  /** What is left when the power went out, for the processes that start then. */
  cutPower(): void;
  /** Keys of what was written, where that is known. */
  written(): ReadonlySet<string>;
  close(): Promise<void>;
}

/** What a deployment is made of. */
export interface DeploymentParts {
  readonly scheduler: Scheduler;
  readonly dice: Dice;
  readonly count: (event: string) => void;
  /** Faults to plant. */
  readonly tamper?: Tamper | undefined;
  readonly forgetsFlush?: boolean | undefined;
}

/** Two tables, and a client for each process. */
export function onDynamodb(parts: DeploymentParts): Deployment {
  const service = createDynamodb(parts);
  return {
    isOneMachine: false,
    open(life) {
      const connection = {
        client: service.client(life.sleep),
        tables: tablesOf('sim'),
        async run<T>(doing: string, work: (signal: AbortSignal) => Promise<T>): Promise<T> {
          try {
            return await work(new AbortController().signal);
          } catch (cause) {
            throw dynamodbError(doing, cause);
          }
        },
      };
      return { ...dynamodbPorts(connection), admin: dynamodbAdministration(connection) };
    },
    sweep: async () => service.sweep(),
    cutPower: () => undefined,
    written: () => service.written,
    close: async () => undefined,
  };
}

/** A database's files. */
interface Files {
  readonly database: Buffer;
  readonly log: Buffer;
}

function filesAt(path: string): Files {
  return { database: readFileSync(path), log: readFileSync(`${path}-wal`) };
}

/** Memory, where the system has such a folder: a power cut is simulated, so no disk has to keep anything. */
const temporary = existsSync('/dev/shm') ? '/dev/shm' : tmpdir();

/** One file, which processes share. */
export function onSqlite({ scheduler, dice, count, forgetsFlush = false }: DeploymentParts): Deployment {
  const folder = mkdtempSync(join(temporary, 'ljgate-'));
  const opened: OpenStore[] = [];
  let boot = 0;
  let path = join(folder, 'boot-0.db');
  /** The database and its log as the last flush brought them to the disk. */
  let flushed: Files | undefined;
  let [flushes, newest] = [0, 0];

  const commit = (life: Life) => (): GroupCommit => ({
    async flushed() {
      const [files, of, turn] = [filesAt(path), boot, ++flushes];
      await life.sleep(1 + dice.below(15));
      // One that began earlier may end later.
      if (of !== boot || turn < newest || (forgetsFlush && flushed)) return;
      flushed = files;
      newest = turn;
    },
    settled: async () => undefined,
    close: () => undefined,
  });

  return {
    isOneMachine: true,
    open(life) {
      const epoch = `bootaaa${'abcdefghijklmnopqrstuvwxyz'.charAt(boot)}`;
      const store = openSqlite(path, { commit: commit(life), epoch: () => epoch });
      opened.push(store);
      return storeInTime(store, life, dice);
    },
    async sweep() {
      await opened.at(-1)?.sweep(scheduler.now());
      count('SQLite: expired rows are swept');
    },
    cutPower() {
      const now = filesAt(path);
      const { database, log } = flushed ?? now;
      // Some of what was not flushed may be on the disk all the same.
      const more = now.log.subarray(0, log.length).equals(log) ? now.log.length - log.length : 0;
      const kept = more > 0 && dice.chance(0.5) ? dice.below(more) : 0;
      if (kept < more) count('SQLite: the power takes writes that were not flushed');
      boot++;
      path = join(folder, `boot-${boot}.db`);
      writeFileSync(path, database, { mode: 0o600 });
      writeFileSync(`${path}-wal`, now.log.subarray(0, log.length + kept), { mode: 0o600 });
      if (more === 0) writeFileSync(`${path}-wal`, log);
      flushed = filesAt(path);
    },
    written: () => new Set(),
    async close() {
      await Promise.all(opened.map((store) => store.close()));
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
