/**
 * Stands in for `import('node:http')`, with which the AWS SDK begins its first request: an ES module's view
 * of that module has all its exports read, one of which makes Node load the whole of its `fetch`, ten times
 * as long as the module itself takes.
 */
import { createRequire } from 'node:module';

const http: typeof import('node:http') = createRequire(import.meta.url)('node:http');

export const { Agent, request } = http;
