/** Checks the tables' keys, time to live, recovery and protection, and reads the server's clock. */
import {
  DescribeContinuousBackupsCommand,
  DescribeTableCommand,
  DescribeTimeToLiveCommand,
  type DynamoDBClient,
  ResourceNotFoundException,
  type TableDescription,
} from '@aws-sdk/client-dynamodb';
import { type Finding, failed, passed } from '../finding.ts';
import { tablesOf } from './tables.ts';

const create = 'run: npx ljgate tables create';

/** Checks both tables. An emulator on this machine has neither backups nor protection. */
export async function inspectTables(
  client: DynamoDBClient,
  prefix: string,
  isEmulator: boolean,
): Promise<readonly Finding[]> {
  const { users, sessions } = tablesOf(prefix);
  const [ofUsers, ofSessions] = await Promise.all([
    inspectTable(client, users, 'username', isEmulator),
    inspectTable(client, sessions, 'owner, item', isEmulator),
  ]);
  const there = ofSessions.every(({ well, detail }) => well || detail !== 'is missing');
  return [...ofUsers, ...ofSessions, ...(there ? [await inspectTimeToLive(client, sessions)] : [])];
}

async function inspectTable(
  client: DynamoDBClient,
  name: string,
  wanted: string,
  isEmulator: boolean,
): Promise<Finding[]> {
  const table = await describe(client, name);
  if (!table) return [failed(`table ${name}`, 'is missing', create)];
  const findings = [state(name, table), keys(name, table, wanted)];
  return isEmulator ? findings : [...findings, protection(name, table), await recovery(client, name)];
}

async function describe(client: DynamoDBClient, name: string): Promise<TableDescription | undefined> {
  try {
    return (await client.send(new DescribeTableCommand({ TableName: name }))).Table;
  } catch (error) {
    if (error instanceof ResourceNotFoundException) return undefined;
    throw error;
  }
}

function state(
  name: string,
  { TableStatus: status = 'INACCESSIBLE_ENCRYPTION_CREDENTIALS' }: TableDescription,
): Finding {
  const what = `table ${name}`;
  if (status === 'ACTIVE' || status === 'UPDATING') return passed(what, status.toLowerCase());
  return failed(what, `is ${status.toLowerCase()}`, 'wait until it is active and look again');
}

function keys(name: string, { KeySchema: schema = [] }: TableDescription, wanted: string): Finding {
  const what = `table ${name}: keys`;
  const found = schema.map(({ AttributeName }) => AttributeName).join(', ');
  if (found === wanted) return passed(what, found);
  return failed(what, `${found}, wanted ${wanted}`, `give --store another prefix, then ${create}`);
}

function protection(name: string, table: TableDescription): Finding {
  const what = `table ${name}: deletion protection`;
  if (table.DeletionProtectionEnabled) return passed(what, 'on');
  const remedy = `run: aws dynamodb update-table --table-name ${name} --deletion-protection-enabled`;
  return failed(what, 'off', remedy);
}

async function recovery(client: DynamoDBClient, name: string): Promise<Finding> {
  const what = `table ${name}: point-in-time recovery`;
  const { ContinuousBackupsDescription: backups } = await client.send(
    new DescribeContinuousBackupsCommand({ TableName: name }),
  );
  const status = backups?.PointInTimeRecoveryDescription?.PointInTimeRecoveryStatus;
  if (status === 'ENABLED') return passed(what, 'on');
  const specification = 'PointInTimeRecoveryEnabled=true';
  const options = `--table-name ${name} --point-in-time-recovery-specification ${specification}`;
  return failed(what, 'off', `run: aws dynamodb update-continuous-backups ${options}`);
}

async function inspectTimeToLive(client: DynamoDBClient, name: string): Promise<Finding> {
  const what = `table ${name}: time to live`;
  const { TimeToLiveDescription: live } = await client.send(
    new DescribeTimeToLiveCommand({ TableName: name }),
  );
  const on = live?.TimeToLiveStatus === 'ENABLED' || live?.TimeToLiveStatus === 'ENABLING';
  if (on && live.AttributeName === 'expires') return passed(what, 'on expires');
  return failed(what, on ? `on ${live.AttributeName}, wanted expires` : 'off', create);
}

/** The `Date` header of a reply, in Unix ms. */
export async function askTime(client: DynamoDBClient, table: string): Promise<number | undefined> {
  const command = new DescribeTimeToLiveCommand({ TableName: table });
  let date: string | undefined;
  command.middlewareStack.add(
    (next) => async (args) => {
      const result = await next(args);
      date = dateOf(result.response);
      return result;
    },
    { step: 'deserialize', priority: 'low' },
  );
  await client.send(command);
  const time = Date.parse(date ?? '');
  return Number.isNaN(time) ? undefined : time;
}

function dateOf(response: unknown): string | undefined {
  if (typeof response !== 'object' || response === null || !('headers' in response)) return undefined;
  const headers = new Map(Object.entries(response.headers ?? {}));
  const date: unknown = headers.get('date');
  return typeof date === 'string' ? date : undefined;
}
