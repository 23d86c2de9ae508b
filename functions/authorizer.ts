/** The session check as a Lambda authorizer, for other APIs. */
import { authorizer } from './lambda/authorizer.ts';

/** Takes REQUEST events of HTTP APIs (simple responses) and of REST APIs (IAM policies). */
export const handler = authorizer(process.env);
