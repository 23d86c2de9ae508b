/** A line of the request log, as far as `ljgate usage` reads it. */
import * as v from 'valibot';

/** How the caller showed who it is. `none`: the method needs no account. */
export type AuthenticatedBy =
  | 'password'
  | 'md5'
  | 'client key'
  | 'challenge'
  | 'session'
  | 'none'
  | 'unknown';

/** Characters of any text of a line that are kept. */
const longestText = 100;

const text = v.pipe(
  v.string(),
  v.transform((chars) => chars.slice(0, longestText)),
);

const call = v.object({
  method: text,
  account: v.exactOptional(text),
  auth: v.exactOptional(v.picklist(['clear', 'challenge', 'cookie', 'unknown'])),
  shown: v.exactOptional(v.picklist(['password', 'hpassword', 'client-key'])),
  client: v.exactOptional(text),
  outcome: v.union([v.literal('ok'), v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(999))]),
});

const shared = {
  wire: v.picklist(['flat', 'xmlrpc']),
  scheme: v.exactOptional(v.picklist(['http', 'https'])),
  agent: v.exactOptional(text),
  timestamp: v.exactOptional(text),
};

const requestLine = v.union([
  v.object({ ...shared, calls: v.array(call) }),
  v.object({ ...shared, ...call.entries }),
]);

/** What is read of a call. */
export type CallLine = v.InferOutput<typeof call>;

/** Reads a line that is a request to an endpoint; `undefined` for any other. */
export function readRequestLine(json: unknown): v.InferOutput<typeof requestLine> | undefined {
  const read = v.safeParse(requestLine, json);
  return read.success ? read.output : undefined;
}

/** The JSON of a line; `undefined` where it has none. Collectors put their own text before it. */
export function jsonIn(line: string): unknown {
  const start = line.indexOf('{');
  if (start === -1) return undefined;
  try {
    return JSON.parse(line.slice(start));
  } catch {
    return undefined;
  }
}

/** The way in which a call's caller showed who it is. */
export function authenticatedBy({ account, auth = 'unknown', shown }: CallLine): AuthenticatedBy {
  if (account === undefined) return 'none';
  if (shown === 'client-key') return 'client key';
  switch (auth) {
    case 'clear':
      return shown === 'hpassword' ? 'md5' : 'password';
    case 'challenge':
      return 'challenge';
    case 'cookie':
      return 'session';
    case 'unknown':
      return 'unknown';
  }
}
