/** The root secrets of an export with verifiers, brought to where those of the new store are. */
import { toBase64 } from '../base64.ts';
import { type Keyring, parseKeyring } from '../secrets/keyring.ts';
import { OperationRefused } from './operator-context.ts';
import type { OperatorContext } from './verb-definition.ts';

/**
 * Adds the root secrets to those that are valid here. A new store gets one of its own first.
 * @throws {OperationRefused} where another secret has the same id here; then nothing was changed
 */
export async function bringSecrets(operator: OperatorContext, secrets: string): Promise<Keyring> {
  const brought = parseKeyring(secrets);
  await operator.unlock();
  await operator.source.change((now) => {
    refuseOthers(now, brought);
    return now.withOthers(brought);
  });
  await operator.store.secretIds.add(brought.ids());
  return brought;
}

/** The first secret of every stack on AWS has the id k1: two of them are different secrets all the same. */
function refuseOthers(here: Keyring, brought: Keyring): void {
  const key = (keyring: Keyring, id: string) => toBase64(keyring.byId(id, 'transfer') ?? new Uint8Array());
  const ids = here.ids().filter((id) => brought.ids().includes(id));
  const other = ids.find((id) => key(here, id) !== key(brought, id));
  if (other === undefined) return;
  throw new OperationRefused(
    `${other} is the id of another root secret here; run npx ljgate secrets rotate for this store, and then this again`,
  );
}
