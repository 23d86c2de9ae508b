/** The interface for a site's own code, `/api/v1`, as a Lambda function. */
import { openDynamodbAdministered } from '../infra/stores/dynamodb/dynamodb-administration.ts';
import { apiHandler } from './runtime/lambda/api-handler.ts';

/** Takes API Gateway, Function URL and ALB events. */
export const handler = apiHandler(openDynamodbAdministered, process.env);
