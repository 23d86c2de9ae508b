/** A store as a process holds it: the core's ports, and what the process must do about them. */
import type { Store } from '../../core/ports.ts';

/** An opened store. */
export interface OpenStore extends Store {
  /** Where the data is, in the words of `--store`; nothing secret. */
  readonly description: string;
  /** Makes the tables where they are missing: DynamoDB's, that is; other stores make theirs on opening. */
  prepare(): Promise<void>;
  /** Drops what has run out at `now` (Unix ms). Only tidies: no answer depends on it. */
  sweep(now: number): Promise<void>;
  /** Lets go of files and sockets; calls under way may fail. */
  close(): Promise<void>;
}
