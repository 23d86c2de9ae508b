/** Secrets in AWS Secrets Manager. */
import {
  GetSecretValueCommand,
  SecretsManagerClient,
  type SecretsManagerClientConfig,
} from '@aws-sdk/client-secrets-manager';
import { withDeadline } from '../deadline.ts';
import { type Keyring, parseKeyring } from './keyring.ts';
import { SecretUnavailable } from './secret-unavailable.ts';

/** Milliseconds for a secret with all retries. The first client waits for it. */
const usualDeadline = 3000;

/**
 * The text of a secret, by its ARN or name. `LJGATE_SECRET` and `LJGATE_ORIGIN_PROOF` of a packaged
 * function name one each. `deadline`: milliseconds.
 * @throws {SecretUnavailable}
 */
export async function fetchSecret(id: string, deadline = usualDeadline): Promise<string> {
  const client = secretsManagerClient(id, {
    maxAttempts: 3,
    requestHandler: {
      connectionTimeout: deadline / 3,
      requestTimeout: deadline / 2,
      throwOnRequestTimeout: true,
    },
  });
  try {
    const command = new GetSecretValueCommand({ SecretId: id });
    const { SecretString: text } = await withDeadline(deadline, (abortSignal) =>
      client.send(command, { abortSignal }),
    );
    if (text === undefined) throw new SecretUnavailable(`secret ${id}: is not text`, false);
    return text;
  } catch (cause) {
    if (cause instanceof SecretUnavailable) throw cause;
    const reason = cause instanceof Error ? `${cause.name}: ${cause.message}` : String(cause);
    throw new SecretUnavailable(`secret ${id}: ${reason}`, isPassing(cause), cause);
  } finally {
    client.destroy();
  }
}

/**
 * The root secret.
 * @throws {SecretUnavailable}
 */
export async function openManagedSecret(id: string, deadline = usualDeadline): Promise<Keyring> {
  const text = await fetchSecret(id, deadline);
  try {
    return parseKeyring(text);
  } catch (error) {
    throw new SecretUnavailable(
      `secret ${id}: ${error instanceof Error ? error.message : 'is malformed'}`,
      false,
    );
  }
}

/** A client for the region that an ARN names; a bare name is looked up in the environment's own region. */
export function secretsManagerClient(
  id: string,
  options: SecretsManagerClientConfig = {},
): SecretsManagerClient {
  const [, region] = /^arn:[^:]*:secretsmanager:([^:]+):/.exec(id) ?? [];
  return new SecretsManagerClient({ ...options, ...(region !== undefined && { region }) });
}

/** Errors of Secrets Manager that a retry does not change. All others are of the network or the service. */
const final = new Set([
  'AccessDeniedException',
  'DecryptionFailure',
  'ExpiredTokenException',
  'InvalidParameterException',
  'InvalidRequestException',
  'InvalidSignatureException',
  'ResourceNotFoundException',
  'UnrecognizedClientException',
  'ValidationException',
]);

function isPassing(cause: unknown): boolean {
  return !(cause instanceof Error && final.has(cause.name));
}
