/** A secret in AWS Secrets Manager as a place to change secrets in. */
import { PutSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { freshFor } from './live.ts';
import { openManagedSecret } from './manager.ts';
import type { SecretSource } from './source.ts';

/**
 * A managed secret, by its ARN or name. Whoever follows it asks again within five minutes. Secrets
 * Manager has no conditional write, so nothing keeps two machines from rotating at once.
 */
export function managedSecret(id: string): SecretSource {
  return {
    description: `secretsmanager:${id}`,
    // A process asks when a minute has passed after that at the most.
    settle: freshFor / 1000 + 90,
    read: () => openManagedSecret(id),
    async replace(keyring) {
      const [, region] = /^arn:[^:]*:secretsmanager:([^:]+):/.exec(id) ?? [];
      const client = new SecretsManagerClient(region === undefined ? {} : { region });
      try {
        await client.send(new PutSecretValueCommand({ SecretId: id, SecretString: keyring.reveal() }));
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
