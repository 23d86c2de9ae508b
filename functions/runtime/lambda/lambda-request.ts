/**
 * Converts events to requests, and responses to what each front end expects: HTTP API and Function URL (payload
 * format 2.0), REST API (1.0), ALB with and without multi-value headers.
 * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-develop-integrations-lambda.html
 * @see https://docs.aws.amazon.com/elasticloadbalancing/latest/application/lambda-functions.html
 */
import { fromBase64 } from '../../../infra/base64.ts';
import { type BodyLimit, lengthCheck, type NoBody, type WireRequest } from '../../wire/wire-request.ts';
import { lastForwarded } from '../caller-address.ts';

type Texts = Readonly<Record<string, string | undefined>>;
type Lists = Readonly<Record<string, readonly string[] | undefined>>;

/** The members of an event that are read. Any can be absent: a function can be invoked with any JSON. */
export interface HttpEvent {
  readonly rawPath?: string;
  readonly rawQueryString?: string;
  readonly cookies?: readonly string[] | undefined;
  readonly httpMethod?: string;
  readonly path?: string;
  readonly headers?: Texts | null | undefined;
  readonly multiValueHeaders?: Lists | null | undefined;
  readonly queryStringParameters?: Texts | null;
  readonly multiValueQueryStringParameters?: Lists | null;
  readonly requestContext?: {
    readonly stage?: string;
    readonly http?: { readonly method?: string; readonly sourceIp?: string };
    readonly identity?: { readonly sourceIp?: string };
    /** Present in a load balancer's event. */
    readonly elb?: unknown;
  };
  readonly body?: string | null;
  readonly isBase64Encoded?: boolean;
}

/** What only the handler can tell of a request: whether CloudFront's headers in it are to be believed. */
export interface Edge {
  /** The caller's address: the other end of the connection, or the viewer behind CloudFront. */
  address(source: string | undefined, header: (name: string) => string | undefined): string | undefined;
  /** Whether the request came through our own distribution. */
  isCrossed(header: (name: string) => string | undefined): boolean;
}

/** An event as a request; `undefined` for one that no HTTP request could make. */
export function lambdaRequest(event: HttpEvent, id: string, edge: Edge): WireRequest | undefined {
  try {
    return new LambdaRequest(event, id, edge);
  } catch {
    return undefined;
  }
}

class LambdaRequest implements WireRequest {
  readonly method: string;
  readonly target: string;
  readonly id: string;
  readonly #event: HttpEvent;
  readonly #edge: Edge;
  readonly #headers: ReadonlyMap<string, string>;

  constructor(event: HttpEvent, id: string, edge: Edge) {
    this.method = event.requestContext?.http?.method ?? event.httpMethod ?? '';
    this.target = targetOf(event);
    this.id = id;
    this.#event = event;
    this.#edge = edge;
    this.#headers = headersOf(event);
  }

  get address(): string | undefined {
    const { http, identity } = this.#event.requestContext ?? {};
    const source = http?.sourceIp ?? identity?.sourceIp ?? lastForwarded(this.header('x-forwarded-for'));
    return this.#edge.address(source, (name) => this.header(name));
  }

  /** Lambda's front ends accept only https. CloudFront accepts http, but only for the endpoints. */
  get scheme(): 'http' | 'https' {
    if (this.header('cloudfront-forwarded-proto') !== 'http') return 'https';
    return this.#edge.isCrossed((name) => this.header(name)) ? 'http' : 'https';
  }

  header(name: string): string | undefined {
    return this.#headers.get(name);
  }

  headers(): Iterable<readonly [string, string]> {
    return this.#headers;
  }

  /**
   * Base64 takes a third more: Lambda returns 6 MB, and an ALB passes on 1 MB.
   * @see https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html
   * @see https://docs.aws.amazon.com/elasticloadbalancing/latest/application/lambda-functions.html
   */
  get largestReply(): number {
    return this.#event.requestContext?.elb ? 700_000 : 4_500_000;
  }

  async body(limit: number | BodyLimit): Promise<Uint8Array | NoBody> {
    const bytes = bodyOf(this.#event);
    return bytes ? (lengthCheck(limit)(bytes.length) ?? bytes) : 'broken off';
  }
}

/** `undefined` for text that is not base64. */
function bodyOf({ body, isBase64Encoded }: HttpEvent): Uint8Array | undefined {
  try {
    return isBase64Encoded ? fromBase64(body ?? '') : new TextEncoder().encode(body ?? '');
  } catch {
    return undefined;
  }
}

/** A stage other than `$default` is a prefix of the path: `/dev/interface/flat`. */
function targetOf(event: HttpEvent): string {
  const path = event.rawPath ?? event.path ?? '';
  const stage = event.requestContext?.stage;
  const own = stage !== undefined && path.startsWith(`/${stage}/`) ? path.slice(stage.length + 1) : path;
  const query = event.rawQueryString ?? queryOf(event);
  return query === '' ? own : `${own}?${query}`;
}

/** REST APIs decode the query, load balancers do not. */
function queryOf({
  multiValueQueryStringParameters,
  queryStringParameters,
  requestContext,
}: HttpEvent): string {
  const spell = requestContext?.elb === undefined ? encodeURIComponent : (text: string) => text;
  const lists = multiValueQueryStringParameters ?? queryStringParameters ?? {};
  const pairs = Object.entries(lists).flatMap(([name, values]) =>
    [values ?? []].flat().map((value) => `${spell(name)}=${spell(value)}`),
  );
  return pairs.join('&');
}

/** @see RFC 9110 §5.1 */
const headerName = /^[\w!#$%&'*+.^`|~-]+$/;

/**
 * Payload 2.0 has the cookies in a list of their own. Where there are lists of values, they are complete.
 * @throws {TypeError} for a name that is not valid
 */
export function headersOf({
  headers,
  multiValueHeaders,
  cookies,
}: Pick<HttpEvent, 'headers' | 'multiValueHeaders' | 'cookies'>): ReadonlyMap<string, string> {
  const found = new Map<string, string>();
  for (const [name, value] of Object.entries(headers ?? {})) {
    if (!headerName.test(name)) throw new TypeError('not a header');
    if (value) found.set(name.toLowerCase(), printable(value));
  }
  for (const [name, values] of Object.entries(multiValueHeaders ?? {})) {
    const lower = name.toLowerCase();
    if (values) found.set(lower, printable(values.join(lower === 'cookie' ? '; ' : ', ')));
  }
  if (cookies) found.set('cookie', printable(cookies.join('; ')));
  return found;
}

/** JSON can hold characters that no header may have: control characters, and those above one byte. */
function printable(value: string): string {
  return value.replace(/[^\t\x20-\x7e]/gu, '?').trim();
}
