/** The session check as a Lambda authorizer, for other APIs. */
import { openDynamodbPorts } from '../infra/stores/dynamodb/dynamodb-ports.ts';
import { authorizer } from './runtime/lambda/authorizer-handler.ts';

/** Takes REQUEST events of HTTP APIs (simple responses) and of REST APIs (IAM policies). */
export const handler = authorizer(openDynamodbPorts, process.env);
