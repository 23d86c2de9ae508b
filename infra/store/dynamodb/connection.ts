/** What the ports over DynamoDB share. */
import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import type { Tables } from './tables.ts';

/** A client, the tables it is for, and how an operation on them is run. */
export interface Connection {
  readonly client: DynamoDBClient;
  readonly tables: Tables;
  /** Runs one port operation inside the deadline, its errors translated. */
  run<T>(doing: string, work: (signal: AbortSignal) => Promise<T>): Promise<T>;
}
