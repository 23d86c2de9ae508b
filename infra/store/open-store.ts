/** A store as a process holds it: the core's ports, and what the process must do about them. */
import type { Administration } from '../../core/administration.ts';
import type { Store } from '../../core/ports.ts';

/** An opened store. */
export interface OpenStore extends Store {
  /** Where the data is, in the words of `--store`; nothing secret. */
  readonly description: string;
  /** What operators need beside the core's ports. */
  readonly admin: Administration;
  /** Makes the tables where they are missing: DynamoDB's, that is; other stores make theirs on opening. */
  prepare(): Promise<void>;
  /** Looks at the tables and how they are kept. What is wrong is a finding, not an error. */
  inspect(): Promise<readonly Finding[]>;
  /** The store's own time (Unix ms, to the second), where it has another clock than this machine. */
  serverTime(): Promise<number | undefined>;
  /** Drops what has run out at `now` (Unix ms). Only tidies: no answer depends on it. */
  sweep(now: number): Promise<void>;
  /** Lets go of files and sockets; calls under way may fail. */
  close(): Promise<void>;
}

/** One thing that was looked at. `remedy`: what to do about it, where it is not well. */
export type Finding =
  | { readonly what: string; readonly well: true; readonly detail: string }
  | { readonly what: string; readonly well: false; readonly detail: string; readonly remedy: string };
