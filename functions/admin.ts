/**
 * The admin function: operations on accounts, sessions, keys and secrets. It is invoked directly under IAM
 * and answers no HTTP.
 */
import { openDynamodbStore } from '../infra/stores/dynamodb/dynamodb-store.ts';
import { adminHandler } from './runtime/lambda/admin-handler.ts';

export const handler = adminHandler(openDynamodbStore, process.env);
