/** Every operation of the interface, by its name in the description. */
import * as accounts from './account-routes.ts';
import type { ApiOperation } from './api-context.ts';
import * as keys from './key-routes.ts';
import * as sessions from './session-routes.ts';
import { checkSession, verify } from './verify-routes.ts';

export const operations: Readonly<Record<string, ApiOperation>> = {
  ...accounts,
  verify,
  ...sessions,
  checkSession,
  ...keys,
};
