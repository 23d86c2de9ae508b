/** Secrets in AWS Secrets Manager. */
import { GetSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { type Keyring, parseKeyring } from './keyring.ts';

/**
 * A secret could not be had. Its message and cause name the secret and the reason, never what
 * stands in it. Alarms go by the name.
 */
export class SecretUnavailable extends Error {
  override name = 'SecretUnavailable';
  /** The service did not answer, or not in time: the next attempt may well succeed. */
  readonly passing: boolean;

  constructor(message: string, passing: boolean, cause?: unknown) {
    super(message, cause === undefined ? {} : { cause });
    this.passing = passing;
  }
}

/** Milliseconds for a secret with all retries: a client waits for its first answer meanwhile. */
const deadline = 3000;

/**
 * The text of a secret, by its ARN or name. `LJGATE_SECRET` and `LJGATE_ORIGIN_PROOF` of a packaged
 * function name one each.
 * @throws {SecretUnavailable}
 */
export async function fetchSecret(id: string): Promise<string> {
  const region = regionOf(id);
  const client = new SecretsManagerClient({
    ...(region !== undefined && { region }),
    maxAttempts: 3,
    requestHandler: {
      connectionTimeout: deadline / 3,
      requestTimeout: deadline / 2,
      throwOnRequestTimeout: true,
    },
  });
  const fetching = client.send(new GetSecretValueCommand({ SecretId: id }), {
    abortSignal: AbortSignal.timeout(deadline),
  });
  try {
    const { SecretString: text } = await Promise.race([fetching, expiry()]);
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
export async function openManagedSecret(id: string): Promise<Keyring> {
  const text = await fetchSecret(id);
  try {
    return parseKeyring(text);
  } catch (error) {
    throw new SecretUnavailable(
      `secret ${id}: ${error instanceof Error ? error.message : 'is malformed'}`,
      false,
    );
  }
}

/** The SDK sleeps between attempts without a look at its signal, so the deadline is raced as well. */
function expiry(): Promise<never> {
  return new Promise((_, reject) => {
    const late = new DOMException(`no answer within ${deadline} ms`, 'TimeoutError');
    setTimeout(() => reject(late), deadline).unref();
  });
}

/** `arn:aws:secretsmanager:REGION:…`; a bare name is looked up in the function's own region. */
function regionOf(id: string): string | undefined {
  return /^arn:[^:]*:secretsmanager:([^:]+):/.exec(id)?.[1];
}

/** The answers of Secrets Manager that say no for good. All else is the network or the service. */
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
