/**
 * Encryption to a passphrase, in the format of age (age-encryption.org): scrypt, then ChaCha20-Poly1305 in chunks. So
 * `age --decrypt` opens such a file without ljgate.
 */
import { Decrypter, Encrypter } from 'age-encryption';

/** A passphrase. `key`: 256 random bits as text, which nobody can guess, so that it need not be stretched. */
export interface Passphrase {
  readonly kind: 'chosen' | 'key';
  readonly text: string;
}

/** log2 of scrypt's cost. 18 is age's own default, about a second. */
const workFactors: Readonly<Record<Passphrase['kind'], number>> = { chosen: 18, key: 10 };

/** How every such file begins. */
const head = 'age-encryption.org/';

/** Bytes that `isEncrypted` looks at. */
export const headLength = head.length;

/** Whether a file that begins so is encrypted. */
export function isEncrypted(beginning: Uint8Array): boolean {
  return new TextDecoder().decode(beginning.subarray(0, headLength)) === head;
}

/** The passphrase is wrong, or the file was cut or changed. */
export class NotOpened extends Error {
  override name = 'NotOpened';
}

/** Encrypts a stream. */
export async function encryptStream(
  plain: ReadableStream<Uint8Array>,
  passphrase: Passphrase,
): Promise<ReadableStream<Uint8Array>> {
  return encrypter(passphrase).encrypt(plain);
}

/** Decrypts a stream, chunk by chunk. @throws {NotOpened} also while it is read */
export async function* decryptStream(
  encrypted: ReadableStream<Uint8Array>,
  passphrase: Passphrase,
): AsyncGenerator<Uint8Array> {
  try {
    yield* await decrypter(passphrase).decrypt(encrypted);
  } catch (cause) {
    throw notOpened(cause);
  }
}

function encrypter({ kind, text }: Passphrase): Encrypter {
  const made = new Encrypter();
  made.setPassphrase(text);
  made.setScryptWorkFactor(workFactors[kind]);
  return made;
}

function decrypter({ text }: Passphrase): Decrypter {
  const made = new Decrypter();
  made.addPassphrase(text);
  return made;
}

function notOpened(cause: unknown): NotOpened {
  return new NotOpened('the passphrase is wrong, or what it opens was cut or changed', { cause });
}
