/**
 * Replaces the AWS SDK's search for credentials: Lambda sets those of the function's role in its
 * environment, so the search through profiles, single sign-on and instance metadata is left out.
 */
import { fromEnv } from '@aws-sdk/credential-provider-env';

export const defaultProvider = fromEnv;
