/** The registry in which the Lambda console keeps test events: the account's own, so no stack makes it. */
import { ConflictException, CreateRegistryCommand, type SchemasClient } from '@aws-sdk/client-schemas';

/** The name under which the console looks for it. */
export const registryName = 'lambda-testevent-schemas';

/**
 * Makes the registry unless the account has one in that region.
 * @throws {Error} the SDK's, for lack of permission for instance
 */
export async function ensureRegistry(client: SchemasClient): Promise<'made' | 'there'> {
  const Description = 'Shareable test events of the Lambda console';
  try {
    await client.send(new CreateRegistryCommand({ RegistryName: registryName, Description }));
    return 'made';
  } catch (error) {
    if (error instanceof ConflictException) return 'there';
    throw error;
  }
}
