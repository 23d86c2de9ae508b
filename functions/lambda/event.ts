/**
 * Evens out what the four front ends of Lambda send (HTTP API and Function URL: payload 2.0; REST
 * API: payload 1.0; ALB) before Hono makes a Request of it.
 */
import type { LambdaEvent } from 'hono/aws-lambda';

/** The event without its stage prefix and with headers that a Request takes as they are. */
export function evenOut<E extends LambdaEvent>(event: E): E {
  const even: Record<string, unknown> = { ...event };
  for (const field of ['path', 'rawPath']) {
    const path = even[field];
    if (typeof path === 'string') even[field] = withoutStage(path, stageOf(event));
  }
  for (const field of ['headers', 'multiValueHeaders', 'cookies']) {
    if (even[field]) even[field] = asciiOnly(even[field]);
  }
  // HTTP APIs pass on what a GET carries, and no Request takes it: on the Node server nobody reads it.
  if (/^(?:GET|HEAD)$/.test(verbOf(event) ?? '')) delete even['body'];
  return even as E;
}

function verbOf(event: LambdaEvent): string | undefined {
  if ('httpMethod' in event) return event.httpMethod;
  const context = event.requestContext;
  return context && 'http' in context ? context.http?.method : undefined;
}

function stageOf(event: LambdaEvent): string | undefined {
  const context = event.requestContext;
  return context && 'stage' in context ? context.stage : undefined;
}

/** A stage other than `$default` stands before the path: `/dev/interface/flat`. */
function withoutStage(path: string, stage: string | undefined): string {
  return stage !== undefined && path.startsWith(`/${stage}/`) ? path.slice(stage.length + 1) : path;
}

/**
 * Hono URL-encodes a whole header that holds any other character, which would lose the session
 * beside a site's own non-ASCII cookie; and no Request takes control characters.
 */
function asciiOnly(value: unknown): unknown {
  if (typeof value === 'string') return value.replace(/[^\t\x20-\x7e]/gu, '?');
  if (Array.isArray(value)) return value.map(asciiOnly);
  if (value === null || typeof value !== 'object') return value;
  return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, asciiOnly(inner)]));
}
