/** Every operation of the interface, by its name in the description. */
import * as accounts from './account-operations.ts';
import type { ApiOperation } from './api-context.ts';
import * as keys from './key-operations.ts';
import * as sessions from './session-operations.ts';
import { checkSession, verify } from './verify-operations.ts';

export const operations: Readonly<Record<string, ApiOperation>> = {
  ...accounts,
  verify,
  ...sessions,
  checkSession,
  ...keys,
};
