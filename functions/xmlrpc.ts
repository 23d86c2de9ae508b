/** The XML-RPC door as a Lambda function. */
import { xmlrpcDoor } from './adapters/xmlrpc.ts';
import { lambdaHandler } from './lambda/handler.ts';

/** Takes API Gateway, Function URL and ALB events. */
export const handler = lambdaHandler(xmlrpcDoor, process.env);
