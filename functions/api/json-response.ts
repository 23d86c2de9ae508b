/** Answers of the interface: a result, a problem, or a part of its description. */
import type { ApiOperation } from './api-context.ts';
import { type Problem, problemBody } from './problem.ts';

/** What an operation gave. `refused`: an end user was, so that nothing was made. */
export function success({ status, list }: ApiOperation, result: unknown, refused: boolean): Response {
  const { version } = Object(result);
  const etag = typeof version === 'string' ? { ETag: `"${version}"` } : {};
  const body = list === undefined ? result : { [list]: result };
  return new Response(JSON.stringify(body), {
    status: refused ? 200 : (status ?? 200),
    headers: { ...unstored('application/json'), ...etag },
  });
}

/** A problem. */
export function problemResponse(problem: Problem): Response {
  return new Response(JSON.stringify(problemBody(problem)), {
    status: problem.status,
    headers: { ...unstored('application/problem+json'), ...problem.headers },
  });
}

function unstored(type: string) {
  return {
    'Content-Type': type,
    'Cache-Control': 'no-store, no-transform',
    'X-Content-Type-Options': 'nosniff',
  };
}

/** A part of the description, which anybody may read. `headers`: more of them. */
export function description(
  type: string,
  text: string,
  headers: Readonly<Record<string, string>> = {},
): Response {
  const all = { ...unstored(type), 'Cache-Control': 'max-age=300, no-transform', ...headers };
  return new Response(text, { headers: all });
}
