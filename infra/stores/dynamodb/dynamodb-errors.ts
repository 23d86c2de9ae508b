/** Converts errors of the AWS SDK to the ports' errors. */
import type { StoreFailed, StoreUnavailable } from '../../../core/failures.ts';
import { storeError } from '../store-error.ts';

/** DynamoDB's names for too many requests. */
const throttling = new Set([
  'LimitExceededException',
  'ProvisionedThroughputExceededException',
  'RequestLimitExceeded',
  'ThrottlingException',
]);

/** The port's error for an error of the SDK. Its message begins with `doing`. */
export function dynamodbError(doing: string, cause: unknown): StoreFailed | StoreUnavailable {
  return storeError(`DynamoDB, ${doing}`, cause, isPassing);
}

function isPassing(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  const status = statusOf(error);
  return (
    throttling.has(error.name) ||
    error.name === 'TimeoutError' ||
    error.name === 'AbortError' ||
    (status !== undefined && (status === 429 || status >= 500)) ||
    // Errors of the operating system: ECONNREFUSED, ENOTFOUND, EAI_AGAIN, …
    ('code' in error && /^E[A-Z_]+$/.test(String(error.code)))
  );
}

function statusOf(error: Error): number | undefined {
  if (!('$metadata' in error)) return undefined;
  const { httpStatusCode } = error.$metadata as { readonly httpStatusCode?: number };
  return httpStatusCode;
}
