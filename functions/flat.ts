/** The flat endpoint as a Lambda function. */
import { openDynamodbPorts } from '../infra/stores/dynamodb/dynamodb-ports.ts';
import { lambdaHandler } from './runtime/lambda/endpoint-handler.ts';
import { flatEndpoint } from './wire/flat/flat-endpoint.ts';

/** Takes API Gateway, Function URL and ALB events. */
export const handler = lambdaHandler(flatEndpoint, openDynamodbPorts, process.env);
