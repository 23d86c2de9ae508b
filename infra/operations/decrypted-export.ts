/** Decrypts an export with verifiers. No byte of one that was changed comes through. */
import { Readable } from 'node:stream';
import { decryptStream, headLength, isEncrypted, NotOpened, type Passphrase } from '../secrets/passphrase.ts';
import { OperationRefused } from './operator-context.ts';

/** Why a file is not read. */
export const notAnExport =
  'the file does not begin as an export with verifiers does; for any other, leave out --with-verifiers';

/**
 * The lines of an export, as far as they are whole and as they were made.
 * @throws {OperationRefused} also while it is read: where the file was cut or changed
 */
export async function* decryptedExport(
  chunks: AsyncIterable<Uint8Array>,
  passphrase: Passphrase,
): AsyncGenerator<Uint8Array> {
  const encrypted = Readable.toWeb(Readable.from(begun(chunks))) as ReadableStream<Uint8Array>;
  let hasBegun = false;
  try {
    for await (const piece of decryptStream(encrypted, passphrase)) {
      hasBegun = true;
      yield piece;
    }
  } catch (error) {
    if (!(error instanceof NotOpened)) throw error;
    if (error.cause instanceof OperationRefused) throw error.cause;
    throw new OperationRefused(
      hasBegun
        ? 'the file was cut or changed; what came before that is imported: run it again with the whole file'
        : `the file cannot be opened: ${error.message}`,
    );
  }
}

/** The same bytes, if they begin as an encrypted file does. */
async function* begun(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  let head: Uint8Array | undefined = new Uint8Array();
  for await (const chunk of chunks) {
    if (!head) {
      yield chunk;
      continue;
    }
    head = Buffer.concat([head, chunk]);
    if (head.length < headLength) continue;
    if (!isEncrypted(head)) throw new OperationRefused(notAnExport);
    yield head;
    head = undefined;
  }
  if (head) throw new OperationRefused(notAnExport);
}
