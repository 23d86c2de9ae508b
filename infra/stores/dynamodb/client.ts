/** The DynamoDB client: time-outs, retries, and defaults for an emulator. */
import { DynamoDBClient, type DynamoDBClientConfig } from '@aws-sdk/client-dynamodb';

/** AWS credentials. */
export interface Credentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string;
}

/** How to connect to DynamoDB. */
export interface ClientOptions {
  /** The endpoint, if not the region's own: an emulator's, or a VPC's. */
  readonly endpoint?: string;
  /** Default: the environment's; a runtime without one must be given it. */
  readonly region?: string;
  /** Default: what the SDK finds; a runtime without an environment must be given them. */
  readonly credentials?: Credentials;
  /** Milliseconds for an operation with all its retries. */
  readonly deadline?: number;
}

/** Long enough for a few retries, short enough for a client that waits 10 s for its reply. */
export const defaultDeadline = 3000;

/**
 * A client that closes a silent connection early enough to try another before the deadline. Bundled for browsers
 * and Workers, the SDK uses `fetch`; that handler reads only the time-out and `customFetch`. Node's handler ignores
 * `customFetch`.
 */
export function createClient(options: ClientOptions): DynamoDBClient {
  const deadline = options.deadline ?? defaultDeadline;
  const agent = { keepAlive: true, maxSockets: 100 };
  return new DynamoDBClient({
    ...(options.endpoint && { endpoint: options.endpoint }),
    ...(options.region && { region: options.region }),
    ...emulatorDefaults(options),
    ...(options.credentials && { credentials: options.credentials }),
    retryMode: 'standard',
    maxAttempts: 6,
    requestHandler: {
      connectionTimeout: deadline / 3,
      requestTimeout: deadline / 2,
      // Without this the handler only logs a warning.
      throwOnRequestTimeout: true,
      httpAgent: agent,
      httpsAgent: agent,
      customFetch: plainFetch,
    },
  });
}

/** `fetch` with its errors renamed so that the SDK retries: each runtime has its own error texts. */
async function plainFetch(request: Request): Promise<Response> {
  try {
    return await fetch(request);
  } catch (cause) {
    const message = cause instanceof Error ? cause.message : String(cause);
    throw Object.assign(new Error(message, { cause }), { code: 'ECONNRESET' });
  }
}

/** An emulator accepts any region and any credentials, but the client requires some. */
function emulatorDefaults({ endpoint, region }: ClientOptions): DynamoDBClientConfig {
  if (!endpoint || !isLoopback(new URL(endpoint).hostname)) return {};
  const { AWS_REGION, AWS_ACCESS_KEY_ID, AWS_PROFILE } = globalThis.process?.env ?? {};
  const configured = AWS_ACCESS_KEY_ID || AWS_PROFILE;
  return {
    region: region ?? (AWS_REGION || 'us-east-1'),
    ...(!configured && { credentials: { accessKeyId: 'local', secretAccessKey: 'local' } }),
  };
}

/** Whether a host is this machine, where only an emulator listens. */
export function isLoopback(hostname: string): boolean {
  return hostname === 'localhost' || hostname === '[::1]' || /^127(\.\d+){3}$/.test(hostname);
}
