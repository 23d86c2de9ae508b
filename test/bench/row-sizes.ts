/** How large rows are in DynamoDB, which bills storage by them. */
import { type AttributeValue, ScanCommand } from '@aws-sdk/client-dynamodb';
import { createClient } from '../../infra/stores/dynamodb/client.ts';
import { tablesOf } from '../../infra/stores/dynamodb/tables.ts';
import { median } from './statistics.ts';

/** Bytes of one row of each kind, with the hundred that DynamoDB adds for its own. */
export interface RowSizes {
  readonly account: number;
  readonly session: number;
  readonly spentChallenge: number;
  readonly refusals: number;
}

/** DynamoDB's own bytes a row, in the storage that is billed. */
const overhead = 100;

/** Takes the middle one of each kind that the tables have. */
export async function rowSizes(endpoint: string, prefix: string): Promise<RowSizes> {
  const client = createClient({ endpoint });
  const tables = tablesOf(prefix);
  const scan = async (TableName: string) => (await client.send(new ScanCommand({ TableName }))).Items ?? [];
  const [users, rows] = [await scan(tables.users), await scan(tables.sessions)];
  client.destroy();
  const ofKind = (kind: (row: Readonly<Record<string, AttributeValue>>) => boolean) =>
    median(rows.filter(kind).map(rowSize));
  return {
    account: median(users.map(rowSize)),
    session: ofKind(({ digest }) => digest !== undefined),
    spentChallenge: ofKind(({ owner }) => owner?.S?.startsWith('challenge#') === true),
    refusals: ofKind(({ owner }) => owner?.S?.startsWith('refused#') === true),
  };
}

function rowSize(row: Readonly<Record<string, AttributeValue>>): number {
  return overhead + mapSize(row);
}

function mapSize(map: Readonly<Record<string, AttributeValue>>): number {
  return Object.entries(map).reduce(
    (sum, [name, value]) => sum + Buffer.byteLength(name) + valueSize(value),
    0,
  );
}

/** @see https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/CapacityUnitCalculations.html */
function valueSize({ S, N, B, NS, SS, M, L }: AttributeValue): number {
  const number = (text: string) => Math.ceil(text.replace(/[-.]/g, '').length / 2) + 1;
  const total = (sizes: readonly number[]) => sizes.reduce((sum, size) => sum + size, 0);
  if (S !== undefined) return Buffer.byteLength(S);
  if (N !== undefined) return number(N);
  if (B !== undefined) return B.length;
  if (NS !== undefined) return total(NS.map(number));
  if (SS !== undefined) return total(SS.map((text) => Buffer.byteLength(text)));
  // A list or map takes three bytes, and one for each member.
  if (M !== undefined) return 3 + Object.keys(M).length + mapSize(M);
  if (L !== undefined) return 3 + L.length + total(L.map(valueSize));
  return 1;
}
