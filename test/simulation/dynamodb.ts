/** A model of DynamoDB behind a network that is slow, loses requests and replies, and delivers some of them late. */
import {
  BatchGetItemCommand,
  BatchWriteItemCommand,
  ConditionalCheckFailedException,
  DeleteItemCommand,
  type DynamoDBClient,
  PutItemCommand,
  QueryCommand,
  ScanCommand,
  UpdateItemCommand,
} from '@aws-sdk/client-dynamodb';
import type { Item } from '../../infra/stores/dynamodb/items.ts';
import type { Dice } from './dice.ts';
import { meets, type Placeholders, updated } from './expressions.ts';
import type { Scheduler } from './scheduler.ts';

/** Changes a request as it comes in: tests plant faults so. */
export type Tamper = (command: object) => void;

/** The service, and the clients of its processes. */
export interface SimulatedDynamodb {
  /** `sleep`: the process's own, which never ends once the process is dead. */
  client(sleep: (ms: number) => Promise<void>): DynamoDBClient;
  /** Deletes some of the rows whose time is over, as TTL does within two days. */
  sweep(): void;
  /** The keys of all rows that were written, as JSON. */
  readonly written: ReadonlySet<string>;
}

/** A write with a condition. */
interface Conditional extends Placeholders {
  readonly ConditionExpression?: string | undefined;
}

/** What happens to a request on its way. */
type Way = 'arrives' | 'throttled' | 'request lost' | 'reply lost' | 'repeated late';

interface Parts {
  readonly scheduler: Scheduler;
  readonly dice: Dice;
  readonly count: (event: string) => void;
  readonly tamper?: Tamper | undefined;
}

/** Milliseconds after which a client repeats a request without a reply, and how often it tries. */
const [patience, tries] = [1500, 3];

/** Starts the service with empty tables. */
export function createDynamodb({ scheduler, dice, count, tamper }: Parts): SimulatedDynamodb {
  const tables = new Map<string, Map<string, Item>>();
  const stale = new Map<string, Item | undefined>();
  const written = new Set<string>();
  const rowsOf = (table: string) => {
    const rows = tables.get(table) ?? new Map<string, Item>();
    tables.set(table, rows);
    return rows;
  };

  function write(table: string, name: string, item: Item | undefined): void {
    const rows = rowsOf(table);
    stale.set(`${table} ${name}`, rows.get(name));
    if (item) rows.set(name, item);
    else rows.delete(name);
    written.add(name);
  }

  function checked(table: string, name: string, input: Conditional) {
    const old = rowsOf(table).get(name);
    const { ConditionExpression: condition } = input;
    if (condition === undefined || meets(old, condition, input)) return old;
    throw new ConditionalCheckFailedException({
      message: 'The conditional request failed',
      $metadata: {},
      ...(old && { Item: old }),
    });
  }

  function answer(command: object): object {
    tamper?.(command);
    if (command instanceof BatchGetItemCommand) {
      const { RequestItems = {} } = command.input;
      const Responses = Object.fromEntries(
        Object.entries(RequestItems).map(([table, { Keys = [], ConsistentRead }]) => {
          const found = Keys.flatMap((key) => {
            const name = nameOf(key);
            const outdated = !ConsistentRead && stale.has(`${table} ${name}`) && dice.chance(0.5);
            const row = outdated ? stale.get(`${table} ${name}`) : rowsOf(table).get(name);
            return row ? [row] : [];
          });
          return [table, found];
        }),
      );
      return { Responses };
    }
    if (command instanceof BatchWriteItemCommand) {
      const { RequestItems = {} } = command.input;
      for (const [table, requests] of Object.entries(RequestItems)) {
        for (const { PutRequest, DeleteRequest } of requests) {
          if (PutRequest?.Item) write(table, nameOf(PutRequest.Item), PutRequest.Item);
          if (DeleteRequest?.Key) write(table, nameOf(DeleteRequest.Key), undefined);
        }
      }
      return {};
    }
    if (command instanceof PutItemCommand) {
      const { TableName = '', Item = {}, ...rest } = command.input;
      checked(TableName, nameOf(Item), rest);
      write(TableName, nameOf(Item), Item);
      return {};
    }
    if (command instanceof UpdateItemCommand) {
      const { TableName = '', Key = {}, UpdateExpression = '', ...rest } = command.input;
      const old = checked(TableName, nameOf(Key), rest);
      const item = updated(old ?? Key, UpdateExpression, rest);
      write(TableName, nameOf(Key), item);
      return { Attributes: item };
    }
    if (command instanceof DeleteItemCommand) {
      const { TableName = '', Key = {} } = command.input;
      const Attributes = rowsOf(TableName).get(nameOf(Key));
      write(TableName, nameOf(Key), undefined);
      return { Attributes };
    }
    if (command instanceof QueryCommand || command instanceof ScanCommand) {
      const { TableName = '' } = command.input;
      const owner = command.input.ExpressionAttributeValues?.[':owner']?.S;
      const isSession = (row: Item) =>
        row['owner']?.S === owner && row['item']?.S?.startsWith('session#') === true;
      const rows = [...rowsOf(TableName).values()];
      return { Items: command instanceof QueryCommand ? rows.filter(isSession) : rows };
    }
    throw new Error(`the model of DynamoDB does not know ${command.constructor.name}`);
  }

  function wayOf(): Way {
    const roll = dice.next();
    if (roll < 0.93) return 'arrives';
    if (roll < 0.95) return 'throttled';
    if (roll < 0.965) return 'request lost';
    return roll < 0.985 ? 'reply lost' : 'repeated late';
  }

  /** One try. `undefined`: there is no reply. */
  async function attempt(command: object): Promise<{ readonly reply: object } | undefined> {
    await scheduler.sleep(delay(dice));
    const way = wayOf();
    if (way !== 'arrives') count(`DynamoDB: ${way}`);
    if (way === 'throttled') throw Object.assign(new Error('slow down'), { name: 'ThrottlingException' });
    if (way === 'repeated late') {
      const late = 1 + dice.below(6000);
      scheduler.sleep(late).then(() => outcomeOf(() => answer(command)));
      return undefined;
    }
    if (way === 'request lost') return undefined;
    const outcome = outcomeOf(() => answer(command));
    if (way === 'reply lost') return undefined;
    await scheduler.sleep(delay(dice));
    if ('error' in outcome) throw outcome.error;
    return outcome;
  }

  return {
    written,
    client(sleep) {
      const send = async (command: object) => {
        for (let turn = 1; ; turn++) {
          try {
            const answered = await attempt(command);
            await sleep(0);
            if (answered) return structuredClone(answered.reply);
            await sleep(patience);
          } catch (error) {
            await sleep(25);
            if (turn === tries || !(error instanceof Error) || error.name !== 'ThrottlingException')
              throw error;
          }
          if (turn === tries) throw new DOMException('no answer in time', 'TimeoutError');
        }
      };
      // The adapter calls nothing else of the client.
      return { send } as unknown as DynamoDBClient;
    },
    sweep() {
      for (const [table, rows] of tables) {
        for (const [name, row] of rows) {
          const expires = Number(row['expires']?.N ?? Number.POSITIVE_INFINITY);
          if (expires * 1000 < scheduler.now() && dice.chance(0.7)) rows.delete(name);
          else continue;
          stale.delete(`${table} ${name}`);
          count('DynamoDB: an expired row is swept');
        }
      }
    },
  };
}

function nameOf(row: Item): string {
  return row['username']?.S ?? `${row['owner']?.S} ${row['item']?.S}`;
}

/** Mostly some milliseconds, sometimes much more: replies come in any order. */
function delay(dice: Dice): number {
  return dice.chance(0.05) ? dice.below(900) : 1 + dice.below(12);
}

function outcomeOf(work: () => object): { readonly reply: object } | { readonly error: unknown } {
  try {
    return { reply: structuredClone(work()) };
  } catch (error) {
    return { error };
  }
}
