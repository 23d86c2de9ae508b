/** The pages and `GET /session` as a Lambda function. */
import { webHandler } from './lambda/web.ts';

/** Takes API Gateway, Function URL and ALB events. */
export const handler = webHandler(process.env);
