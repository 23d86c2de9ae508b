/** Reads are strongly consistent, as asked for in the commands sent: DynamoDB's default may be seconds old. */
import { beforeAll, beforeEach, expect, test } from 'vitest';
import { createClient } from '../../../../infra/stores/dynamodb/client.ts';
import { openDynamodb } from '../../../../infra/stores/dynamodb/dynamodb-store.ts';
import type { OpenStore } from '../../../../infra/stores/open-store.ts';
import { startDynalite, uniquePrefix } from '../../../support/stores.ts';
import { account, operations } from '../operations.ts';

/** A table that a command reads, and whether it asks for consistency. */
interface TableRead {
  readonly command: string;
  readonly consistent: unknown;
}

let store: OpenStore;
let reads: TableRead[];

beforeAll(async () => {
  const client = createClient({ endpoint: await startDynalite(), deadline: 30_000 });
  client.middlewareStack.add(
    (next, context) => (args) => {
      reads.push(...readsOf(String(context['commandName']), args.input));
      return next(args);
    },
    { step: 'initialize' },
  );
  store = openDynamodb({ prefix: uniquePrefix(), client, deadline: 30_000 });
  reads = [];
  await store.prepare();
});

beforeEach(() => {
  reads = [];
});

function readsOf(command: string, input: object): TableRead[] {
  if (!/^(Get|BatchGet|TransactGet|Query|Scan)/.test(command)) return [];
  const tables: object[] = 'RequestItems' in input ? Object.values(input.RequestItems ?? {}) : [input];
  return tables.map((table) => ({ command, consistent: Reflect.get(table, 'ConsistentRead') }));
}

const { username } = account;

test('the read before a caller is let in, of both tables', async () => {
  await operations['records.read'](store);
  const read = { command: 'BatchGetItemCommand', consistent: true };
  expect(reads).toEqual([read, read]);
});

test.each<[string, (store: OpenStore) => Promise<unknown>, string]>([
  ['of accounts that are to be changed', ({ admin }) => admin.accounts.read([username]), 'BatchGetItem'],
  ['of a page of accounts', ({ admin }) => admin.accounts.page(undefined, 10), 'Scan'],
  ['of a page of sessions', ({ admin }) => admin.sessions.page(username, undefined, 10), 'Query'],
  ['of sessions that are to be removed', ({ admin }) => admin.accounts.remove(username), 'Query'],
])('the read %s', async (_, run, command) => {
  await run(store);
  expect(reads).toEqual([{ command: `${command}Command`, consistent: true }]);
});

test.each(Object.entries(operations))('%s reads nothing that may be old', async (_, run) => {
  await run(store);
  expect(reads.filter(({ consistent }) => consistent !== true)).toEqual([]);
});
