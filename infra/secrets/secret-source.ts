/** A source of root secrets, for servers that follow it and operators who change it. */
import type { FileAccess } from '../file-access.ts';
import type { Keyring } from './keyring.ts';

/** A source of root secrets. */
export interface SecretSource {
  /** The source as `--secret` names it. */
  readonly description: string;
  /** Seconds after which every server that uses `fresh` has seen a change. */
  readonly settle: number;
  /** @throws {Error} naming the source and the fault, never its content */
  read(): Promise<Keyring>;
  /** Who can read it, where it is a file. */
  access?(): FileAccess;
  /**
   * Reads the secrets, edits them and writes the result, which is durable when this resolves. It loses no change of
   * others: `edit` is called again after one. Returns the new secrets.
   */
  change(edit: (now: Keyring) => Keyring): Promise<Keyring>;
  /**
   * Runs work that changes the secrets, alone on this machine.
   * @throws {Error} when another process is doing the same
   */
  alone<T>(work: () => Promise<T>): Promise<T>;
}
