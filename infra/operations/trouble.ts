/** What went wrong, as one sentence that says what and what to do. */
import { HasherBusy, StoreFailed, StoreUnavailable } from '../../core/ports.ts';

/** The sentence for an error that came out of an operation on a store. */
export function sentenceOf(error: unknown, store: string): string {
  if (!(error instanceof Error)) return String(error);
  const cause = error.cause instanceof Error ? error.cause : error;
  if (/Credential/.test(cause.name) || /credentials/i.test(cause.message)) {
    return `${store} asks for AWS credentials, and there are none; sign in (aws sso login) or set AWS_PROFILE`;
  }
  if (cause.name === 'ResourceNotFoundException' || /^no such table/.test(cause.message)) {
    return `the tables of ${store} are missing; run: ljgate tables create --store ${store}`;
  }
  if (/Region is missing/.test(cause.message)) {
    return `${store} is in no region; set AWS_REGION, or add @ENDPOINT to --store for an emulator`;
  }
  if (/AccessDenied/.test(cause.name)) return `${store} refuses these credentials: ${cause.message}`;
  if (error instanceof StoreUnavailable) {
    return `${store} is out of reach (${reason(error)}); check --store and the network, and try again`;
  }
  if (error instanceof StoreFailed) {
    const why = cause === error ? '' : ` (${cause.message})`;
    return `${store}: ${error.message}${why}; ljgate doctor looks for the fault`;
  }
  if (error instanceof HasherBusy) return 'too many passwords are being hashed; try again in a moment';
  return error.message;
}

function reason({ message }: Error): string {
  return message.replace(/^(DynamoDB, |D1: )/, '').replace(/\.$/, '');
}
