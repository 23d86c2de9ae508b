/** The root secrets of an export with verifiers, brought to where those of the new store are. */
import { type Keyring, parseKeyring } from '../secrets/keyring.ts';
import { decryptText, NotOpened, type Passphrase } from '../secrets/passphrase.ts';
import { OperationRefused } from './operator-context.ts';
import type { OperatorContext } from './verb-definition.ts';

/**
 * Adds the root secrets to those that are valid here. A new store gets one of its own first.
 * @throws {OperationRefused} where they cannot be opened
 */
export async function bringSecrets(
  operator: OperatorContext,
  secrets: string,
  passphrase: Passphrase,
): Promise<Keyring> {
  const brought = parseKeyring(await opened(secrets, passphrase));
  await operator.unlock();
  await operator.source.change((now) => now.withOthers(brought));
  await operator.store.secretIds.add(brought.ids());
  return brought;
}

async function opened(secrets: string, passphrase: Passphrase): Promise<string> {
  try {
    return await decryptText(secrets, passphrase);
  } catch (error) {
    if (error instanceof NotOpened)
      throw new OperationRefused(`the root secrets cannot be opened: ${error.message}`);
    throw error;
  }
}
