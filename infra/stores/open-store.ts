/** The parts of a store that a process can open: the core's ports, these with administration, or all. */
import type { Administration } from '../../core/accounts/administration.ts';
import type { Store } from '../../core/ports.ts';
import type { Finding } from './finding.ts';
import type { StoreUri } from './store-uri.ts';

/** A store in which operators and the pages change accounts. */
export interface AdministeredStore extends Store {
  readonly admin: Administration;
}

/** A whole store. */
export interface OpenStore extends AdministeredStore {
  /** Where the data is, as in `--store`; nothing secret. */
  readonly description: string;
  /** Creates missing tables in DynamoDB and D1; SQLite creates its own when it is opened. */
  prepare(): Promise<void>;
  /** Checks the tables and their protection. A problem is a finding, not an error. */
  inspect(): Promise<readonly Finding[]>;
  /** The time of the store's clock (Unix ms, to the second), where that is not this machine's clock. */
  serverTime(): Promise<number | undefined>;
  /** Deletes what has expired at `now` (Unix ms). It only frees space: expired records are never used. */
  sweep(now: number): Promise<void>;
  /**
   * Resolves when it is no longer known what is on the disk. From then on every call fails as StoreUnavailable, and
   * the process must be restarted. Absent in stores that are not in this process.
   */
  readonly failed?: Promise<Error>;
  /** Closes files and sockets; calls that still run may fail. */
  close(): Promise<void>;
}

/** Observes a store in this process, for metrics. */
export interface StoreObserver {
  /** Called for each read: whether the read cache had all of it. */
  readFrom(from: 'cache' | 'database'): void;
  /** Called when a write was done, or given up, that another process had kept waiting for so many ms. */
  lockWaited(ms: number): void;
  /** Called when the number of writes that wait for another process has changed. */
  lockWaiting(writes: number): void;
  /** Called when a flush has ended. */
  flushed(ms: number): void;
}

/**
 * Opens the store that `LJGATE_STORE` names. Each function gets the opener of the parts that it needs, so that its
 * bundle has no others.
 * @throws {StoreUnavailable | StoreFailed | Error}
 */
export type StoreOpener<Opened extends Store = Store> = (uri: StoreUri) => Opened | Promise<Opened>;
