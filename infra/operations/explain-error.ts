/** What went wrong, and what to do about it, in one sentence. */
import { HasherBusy, SecretMissing, StoreFailed, StoreUnavailable } from '../../core/failures.ts';

/** The sentence for an error of an operation on `store`, which is named as in `--store`. */
export function explainError(error: unknown, store: string): string {
  if (!(error instanceof Error)) return String(error);
  const cause = error.cause instanceof Error ? error.cause : error;
  if (/Credential/.test(cause.name) || /credentials/i.test(cause.message)) {
    return `${store} needs AWS credentials, and there are none; sign in (aws sso login) or set AWS_PROFILE`;
  }
  if (cause.name === 'ResourceNotFoundException' || /^(D1_ERROR: )?no such table/.test(cause.message)) {
    return `the tables of ${store} are missing; run: npx ljgate tables create --store ${store}`;
  }
  if (/Region is missing/.test(cause.message)) {
    return `${store} has no region; set AWS_REGION, or add @ENDPOINT to --store for an emulator`;
  }
  if (/AccessDenied/.test(cause.name)) return `${store} refuses these credentials: ${cause.message}`;
  if (error instanceof StoreUnavailable) {
    return `${store} cannot be reached (${reason(error)}); check --store and the network, and try again`;
  }
  if (error instanceof StoreFailed) {
    const why = error.message.includes(cause.message) ? '' : ` (${cause.message})`;
    return `${store}: ${error.message}${why}; npx ljgate doctor looks for the cause`;
  }
  if (error instanceof SecretMissing) return `${error.message}; restore it where --secret is`;
  if (error instanceof HasherBusy) return 'too many passwords are being hashed; try again in a moment';
  return error.message;
}

function reason({ message }: Error): string {
  return message.replace(/^(DynamoDB, |D1: )/, '').replace(/\.$/, '');
}
