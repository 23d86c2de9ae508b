/** Accounts: made, read, changed and removed. */
import * as v from 'valibot';
import { accountLine } from '../../core/accounts/account-line.ts';
import { profileFields } from '../../infra/operations/account-operations.ts';
import { verbOperation } from './api-context.ts';
import * as results from './results.ts';

const { username: _, ...entries } = accountLine.entries;

const newAccount = v.object({ ...accountLine.entries, generate: v.exactOptional(v.literal(true)) });

const profile = v.object(
  Object.fromEntries(
    Object.entries(entries)
      .filter(([name]) => profileFields.has(name))
      .map(([name, entry]) => [name, v.optional(v.nullable(entry))]),
  ),
);

export const listAccounts = verbOperation('accounts list', {
  method: 'GET',
  path: '/accounts',
  summary: 'List accounts, a page at a time',
  scopes: ['accounts:read'],
  query: ['status', 'match', 'after', 'limit'],
  result: results.accounts,
});

export const addAccount = verbOperation('accounts add', {
  method: 'POST',
  path: '/accounts',
  summary: 'Add an account',
  scopes: ['accounts:write'],
  status: 201,
  body: newAccount,
  result: results.account,
});

export const showAccount = verbOperation('accounts show', {
  method: 'GET',
  path: '/accounts/{username}',
  summary: 'Read an account',
  scopes: ['accounts:read'],
  result: results.account,
});

export const editAccount = verbOperation('accounts edit', {
  method: 'PATCH',
  path: '/accounts/{username}',
  summary: "Change fields of an account's profile; null takes one away",
  scopes: ['accounts:write'],
  body: profile,
  inputOf: ({ path, body, version }) => ({
    ...path,
    fields: body,
    ...(version !== undefined && { version }),
  }),
  result: results.account,
});

export const removeAccount = verbOperation('accounts remove', {
  method: 'DELETE',
  path: '/accounts/{username}',
  summary: 'Remove an account and its sessions',
  scopes: ['accounts:write'],
  result: results.named,
});

export const setStatus = verbOperation('accounts set-status', {
  method: 'PUT',
  path: '/accounts/{username}/status',
  summary: "Set an account's status; one without sessions ends them at once",
  scopes: ['accounts:write'],
  result: results.account,
});

export const setPassword = verbOperation('accounts set-password', {
  method: 'PUT',
  path: '/accounts/{username}/password',
  summary: 'Set the password, which ends every session',
  scopes: ['accounts:write'],
  result: results.passwordSet,
});

export const setChallenge = verbOperation('accounts set-challenge', {
  method: 'PUT',
  path: '/accounts/{username}/challenge',
  summary: 'Allow or forbid challenges with the password',
  scopes: ['accounts:write'],
  result: results.account,
});

export const setUpstreamKey = verbOperation('accounts set-upstream-key', {
  method: 'PUT',
  path: '/accounts/{username}/upstream-key',
  summary: "Set the account's own secret at the site behind; null removes it",
  scopes: ['accounts:write'],
  result: results.account,
});
