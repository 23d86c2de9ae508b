/** The connection that the ports over DynamoDB share. */
import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import type { Tables } from './tables.ts';

/** A client, the tables it is for, and how an operation on them is run. */
export interface Connection {
  readonly client: DynamoDBClient;
  readonly tables: Tables;
  /**
   * Runs one operation, with all its retries, inside the deadline. An error's message begins with `doing`.
   * @throws {StoreUnavailable} past the deadline, or when DynamoDB cannot be reached or is overloaded
   * @throws {StoreFailed} for anything else that goes wrong
   */
  run<T>(doing: string, work: (signal: AbortSignal) => Promise<T>): Promise<T>;
}
