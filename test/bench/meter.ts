/** A meter on a DynamoDB client: commands, bytes and capacity units; and a way to send the commands again. */
import {
  BatchGetItemCommand,
  type BatchGetItemCommandInput,
  BatchWriteItemCommand,
  type BatchWriteItemCommandInput,
  type ConsumedCapacity,
  type DynamoDBClient,
  PutItemCommand,
  type PutItemCommandInput,
  type ServiceInputTypes,
  UpdateItemCommand,
  type UpdateItemCommandInput,
} from '@aws-sdk/client-dynamodb';

/** A command as it was sent. */
export interface Command {
  readonly name: string;
  readonly input: ServiceInputTypes;
}

/** What was sent since it was last asked for. Bytes are those of bodies. */
export interface Metered {
  readonly commands: readonly Command[];
  readonly rowsRead: number;
  readonly bytesSent: number;
  readonly bytesReceived: number;
  readonly readUnits: number;
  readonly writeUnits: number;
}

/** A meter. */
export interface Meter {
  take(): Metered;
}

/** Puts a meter on a client: each command asks for the capacity that it takes. */
export function meter(client: DynamoDBClient): Meter {
  let commands: Command[] = [];
  let [bytesSent, bytesReceived, readUnits, writeUnits] = [0, 0, 0, 0];
  client.middlewareStack.add(
    (next, context) => async (args) => {
      const name = String(context['commandName']);
      commands.push({ name, input: args.input });
      const result = await next({ ...args, input: { ...args.input, ReturnConsumedCapacity: 'TOTAL' } });
      const units = unitsOf(result.output);
      if (name.includes('Get') || name.includes('Query')) readUnits += units;
      else writeUnits += units;
      return result;
    },
    { step: 'initialize' },
  );
  client.middlewareStack.add(
    (next) => async (args) => {
      bytesSent += Number(headersOf(args.request)['content-length']);
      const result = await next(args);
      bytesReceived += Number(headersOf(result.response)['content-length']);
      return result;
    },
    { step: 'deserialize', priority: 'low' },
  );
  return {
    take() {
      const rowsRead = commands.reduce((sum, command) => sum + rowsIn(command), 0);
      const taken = { commands, rowsRead, bytesSent, bytesReceived, readUnits, writeUnits };
      commands = [];
      [bytesSent, bytesReceived, readUnits, writeUnits] = [0, 0, 0, 0];
      return taken;
    },
  };
}

function rowsIn({ input }: Command): number {
  const batch = 'RequestItems' in input ? Object.values(input.RequestItems ?? {}) : [];
  const keys = batch.map((one) => ('Keys' in one ? (one.Keys ?? []).length : 0));
  return keys.reduce((sum, count) => sum + count, 0);
}

function headersOf(message: unknown): Readonly<Record<string, string>> {
  const { headers } = message as { readonly headers: Readonly<Record<string, string>> };
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]));
}

/** Batches tell of each table on its own. */
function unitsOf(output: object): number {
  const consumed = 'ConsumedCapacity' in output ? output.ConsumedCapacity : [];
  const tables = [consumed].flat() as readonly ConsumedCapacity[];
  return tables.reduce((sum, { CapacityUnits = 0 }) => sum + CapacityUnits, 0);
}

type Resend = (client: DynamoDBClient, input: ServiceInputTypes) => Promise<unknown>;

const resends: Readonly<Record<string, Resend>> = {
  BatchGetItemCommand: (client, input) =>
    client.send(new BatchGetItemCommand(input as BatchGetItemCommandInput)),
  BatchWriteItemCommand: (client, input) =>
    client.send(new BatchWriteItemCommand(input as BatchWriteItemCommandInput)),
  PutItemCommand: (client, input) => client.send(new PutItemCommand(input as PutItemCommandInput)),
  UpdateItemCommand: (client, input) => client.send(new UpdateItemCommand(input as UpdateItemCommandInput)),
};

/** Sends the commands of one call again by another client, one after another as the call did. A condition may fail. */
export async function sendAgain(client: DynamoDBClient, commands: readonly Command[]): Promise<void> {
  for (const { name, input } of commands) {
    const resend = resends[name];
    if (!resend) throw new Error(`the bench does not know how to send a ${name} again`);
    await resend(client, input).catch(() => undefined);
  }
}
