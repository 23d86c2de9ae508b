/** The XML-RPC endpoint as a Lambda function. */
import { openDynamodbPorts } from '../infra/stores/dynamodb/dynamodb-ports.ts';
import { lambdaHandler } from './runtime/lambda/endpoint-handler.ts';
import { xmlrpcEndpoint } from './wire/xmlrpc/xmlrpc-endpoint.ts';

/** Takes API Gateway, Function URL and ALB events. */
export const handler = lambdaHandler(xmlrpcEndpoint, openDynamodbPorts, process.env);
