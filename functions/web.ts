/** The pages and `GET /session` as a Lambda function. */
import { openDynamodbAdministered } from '../infra/stores/dynamodb/dynamodb-administration.ts';
import { webHandler } from './runtime/lambda/web-handler.ts';

/** Takes API Gateway, Function URL and ALB events. */
export const handler = webHandler(openDynamodbAdministered, process.env);
