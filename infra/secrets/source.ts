/** Where the root secrets are kept, for those who follow them and those who change them. */
import type { Keyring } from './keyring.ts';

/** A place of root secrets. */
export interface SecretSource {
  /** In the words of `--secret`. */
  readonly description: string;
  /** Seconds after which every server must have seen a change, if it asks for `fresh` keys. */
  readonly settle: number;
  /** @throws {Error} naming the place and what is wrong, never what stands there */
  read(): Promise<Keyring>;
  /** Puts another keyring in the place of this one; lasting when it resolves. */
  replace(keyring: Keyring): Promise<void>;
  /**
   * Runs work that changes the secrets, alone on this machine.
   * @throws {Error} when another process is at it
   */
  alone<T>(work: () => Promise<T>): Promise<T>;
}
