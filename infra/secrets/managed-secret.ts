/** A secret in AWS Secrets Manager as a source of secrets that can be changed. */
import { PutSecretValueCommand } from '@aws-sdk/client-secrets-manager';
import { freshFor } from './live-keys.ts';
import type { SecretSource } from './secret-source.ts';
import { openManagedSecret, secretsManagerClient } from './secrets-manager.ts';

/**
 * A managed secret, by its ARN or name. Servers read it again within five minutes. Secrets Manager has no conditional
 * write, so two machines can rotate at once: operators must not.
 */
export function managedSecret(id: string): SecretSource {
  return {
    description: `secretsmanager:${id}`,
    // A server process checks once a minute, so it may be a minute later.
    settle: freshFor / 1000 + 90,
    read: () => openManagedSecret(id),
    async change(edit) {
      const keyring = edit(await openManagedSecret(id));
      const client = secretsManagerClient(id);
      try {
        await client.send(new PutSecretValueCommand({ SecretId: id, SecretString: keyring.reveal() }));
        return keyring;
      } catch (cause) {
        const reason = cause instanceof Error ? `${cause.name}: ${cause.message}` : String(cause);
        throw new Error(`secret ${id}: cannot be replaced (${reason})`, { cause });
      } finally {
        client.destroy();
      }
    },
    alone: (work) => work(),
  };
}
