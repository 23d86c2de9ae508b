/**
 * Stands in for the AWS SDK's search for credentials: Lambda hands a function its role's through the
 * environment, so profiles, single sign-on and instance metadata have no business in a bundle.
 */
import { fromEnv } from '@aws-sdk/credential-provider-env';

export const defaultProvider = fromEnv;
