/** The flat door as a Lambda function. */
import { flatDoor } from './adapters/flat/door.ts';
import { lambdaHandler } from './lambda/handler.ts';

/** Takes API Gateway, Function URL and ALB events. */
export const handler = lambdaHandler(flatDoor, process.env);
