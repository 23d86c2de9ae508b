/** Ready test events for the admin function, one for each verb and for what is asked most. */

/** A test event as the console keeps it. */
export interface AdminEvent {
  /** Letters, digits, `-` and `_`. */
  readonly name: string;
  readonly description: string;
  readonly event: Readonly<Record<string, unknown>> & { readonly verb: string };
}

/** The catalogue, those that only look first. */
export const adminEvents: readonly AdminEvent[] = [
  { name: 'doctor', description: 'Look at everything', event: { verb: 'doctor' } },
  { name: 'tables-check', description: 'Look at the tables', event: { verb: 'tables check' } },
  { name: 'secrets-status', description: 'What needs which secret', event: { verb: 'secrets status' } },
  { name: 'accounts-list', description: 'The first 100 accounts', event: { verb: 'accounts list' } },
  {
    name: 'accounts-list-suspended',
    description: 'Accounts of a status, or with a part in their name',
    event: { verb: 'accounts list', status: 'suspended', match: '', limit: 20 },
  },
  { name: 'accounts-show', description: 'One account', event: { verb: 'accounts show', username: 'test' } },
  { name: 'sessions-list', description: 'Its sessions', event: { verb: 'sessions list', username: 'test' } },
  { name: 'keys-list', description: 'Its client keys', event: { verb: 'keys list', username: 'test' } },
  {
    name: 'accounts-add',
    description: 'Add an account with a password that is made up and answered once',
    event: { verb: 'accounts add', username: 'test', fullname: 'Test Account', generate: true },
  },
  {
    name: 'accounts-set-password',
    description: 'Make up a new password; ends every session',
    event: { verb: 'accounts set-password', username: 'test', generate: true },
  },
  {
    name: 'accounts-suspend',
    description: 'Suspend an account; ends every session',
    event: { verb: 'accounts set-status', username: 'test', status: 'suspended' },
  },
  {
    name: 'accounts-activate',
    description: 'Make an account active again',
    event: { verb: 'accounts set-status', username: 'test', status: 'active' },
  },
  {
    name: 'accounts-set-challenge-off',
    description: 'Keep the password from challenge log-in; drops the digest for good',
    event: { verb: 'accounts set-challenge', username: 'test', on: false },
  },
  {
    name: 'accounts-edit',
    description: 'Change fields of the profile',
    event: {
      verb: 'accounts edit',
      username: 'test',
      fields: { fullname: 'Test Account', message: '', usejournals: ['news'] },
    },
  },
  {
    name: 'sessions-expire',
    description: 'End sessions by id, as sessions-list shows them',
    event: { verb: 'sessions expire', username: 'test', ids: [1] },
  },
  {
    name: 'sessions-expire-all',
    description: 'End every session of an account',
    event: { verb: 'sessions expire', username: 'test', all: true },
  },
  {
    name: 'keys-add',
    description: 'Make a client key; its secret is answered once',
    event: { verb: 'keys add', username: 'test', name: 'laptop' },
  },
  {
    name: 'keys-revoke',
    description: 'Revoke a client key by id or name',
    event: { verb: 'keys revoke', username: 'test', key: 'laptop' },
  },
  {
    name: 'import-dry-run',
    description: 'A few accounts, as lines of an import; many go through the command line',
    event: {
      verb: 'import',
      dryRun: true,
      onConflict: 'skip',
      lines: [{ username: 'alice', fullname: 'Alice Doe' }],
    },
  },
  {
    name: 'accounts-remove',
    description: 'Remove an account for good',
    event: { verb: 'accounts remove', username: 'test' },
  },
];
