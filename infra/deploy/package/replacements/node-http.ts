/**
 * Replaces `import('node:http')`, which the AWS SDK does before its first request. That import evaluates
 * every export of the module, one of which makes Node load its whole `fetch`: ten times as long as the
 * module itself takes.
 */
import { createRequire } from 'node:module';

const http: typeof import('node:http') = createRequire(import.meta.url)('node:http');

export const { Agent, request } = http;
