/** Client keys, bans, and the token itself. */
import { fields } from '../../core/accounts/validation.ts';
import { rowOf } from '../../infra/operations/token-operations.ts';
import { ownOperation, verbOperation } from './api-context.ts';
import * as results from './results.ts';

export const addKey = verbOperation('keys add', {
  method: 'POST',
  path: '/accounts/{username}/keys',
  summary: 'Make a client key; its secret is shown only this once',
  scopes: ['keys'],
  status: 201,
  result: results.newKey,
});

export const listKeys = verbOperation('keys list', {
  method: 'GET',
  path: '/accounts/{username}/keys',
  summary: "List an account's client keys",
  scopes: ['keys'],
  list: 'keys',
  result: results.keys,
});

export const revokeKey = verbOperation('keys revoke', {
  method: 'DELETE',
  path: '/accounts/{username}/keys/{key}',
  summary: 'Revoke a client key, by its id or its name; its sessions end with it',
  scopes: ['keys'],
  result: results.revokedKey,
});

export const listBans = verbOperation('bans list', {
  method: 'GET',
  path: '/bans',
  summary: 'List the refused log-ins that are counted for an account or an address',
  scopes: ['bans'],
  query: ['username', 'address'],
  list: 'bans',
  result: results.bans,
});

export const liftBans = verbOperation('bans lift', {
  method: 'DELETE',
  path: '/bans',
  summary: 'Lift the bans of an account or an address',
  scopes: ['bans'],
  query: ['username', 'address'],
  result: results.lifted,
});

export const showToken = ownOperation(
  {
    method: 'GET',
    path: '/token',
    summary: 'What this token may do',
    scopes: [],
    input: fields({}),
    result: results.token,
  },
  async (_, __, token) => rowOf(token),
);
