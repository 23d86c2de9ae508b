/** Reads the input of an operation from a request's path, query, body and `If-Match`. */
import { toJsonSchema } from '@valibot/to-json-schema';
import type { Fault } from '../../core/accounts/validation.ts';
import { bodyLimit } from '../wire/routes.ts';
import type { WireRequest } from '../wire/wire-request.ts';
import type { ApiOperation, InputParts } from './api-context.ts';
import { ProblemFound } from './problem.ts';

/** What a schema says of its members, as JSON Schema. */
export function membersOf(schema: ApiOperation['input']): Members {
  const known = converted.get(schema);
  if (known) return known;
  const { properties = {} } = toJsonSchema(schema, { typeMode: 'input', errorMode: 'ignore' });
  const members = Object.fromEntries(
    Object.entries(properties).map(([name, member]) => [name, Object(member)]),
  );
  converted.set(schema, members);
  return members;
}

/** Each request asks several times. */
const converted = new WeakMap<ApiOperation['input'], Members>();

type Members = Readonly<Record<string, Member>>;

interface Member {
  readonly type?: string;
}

/** Members that come in the path. */
export function pathNames({ path }: Pick<ApiOperation, 'path'>): readonly string[] {
  return [...path.matchAll(/\{(\w+)\}/g)].map(([, name = '']) => name);
}

/** Reads the input. @throws {ProblemFound} */
export async function readInput(
  operation: ApiOperation,
  request: WireRequest,
  path: Readonly<Record<string, string>>,
  query: URLSearchParams,
): Promise<unknown> {
  const version = versionIn(operation, request.header('if-match'));
  const parts: InputParts = {
    path: typed(operation, path),
    query: typed(operation, queryParts(operation, query)),
    body: await readBody(operation, request),
    ...(version !== undefined && { version }),
  };
  return (operation.inputOf ?? merged)(parts);
}

function merged({ path, query, body, version }: InputParts): unknown {
  return { ...body, ...query, ...path, ...(version !== undefined && { version }) };
}

/** `*` asks for any version. @throws {ProblemFound} where the operation cannot hold to one */
function versionIn(operation: ApiOperation, header: string | undefined): string | undefined {
  if (header === undefined || header.trim() === '*') return undefined;
  if (!('version' in membersOf(operation.input))) {
    throw wrong([{ field: '', rule: 'If-Match is not taken here' }]);
  }
  const [, version] = /^\s*"([^"]{1,50})"\s*$/.exec(header) ?? [];
  if (version === undefined) throw wrong([{ field: '', rule: 'If-Match must be one ETag, as it was given' }]);
  return version;
}

function queryParts(operation: ApiOperation, query: URLSearchParams): Record<string, string> {
  const faults = [...new Set(query.keys())].flatMap((name): Fault[] => {
    if (!operation.query?.includes(name))
      return [{ field: `/${name.slice(0, 60)}`, rule: 'is not a known field' }];
    return query.getAll(name).length > 1 ? [{ field: `/${name}`, rule: 'must be given once' }] : [];
  });
  if (faults.length > 0) throw wrong(faults);
  return Object.fromEntries(query);
}

/** Text of a path or a query as the number that it has to be; other text is left to the check. */
function typed(operation: ApiOperation, parts: Readonly<Record<string, string>>): Record<string, unknown> {
  const members = membersOf(operation.input);
  return Object.fromEntries(
    Object.entries(parts).map(([name, text]) => {
      const isNumber = ['number', 'integer'].includes(members[name]?.type ?? '');
      return [name, isNumber && /^\d{1,15}$/.test(text) ? Number(text) : text];
    }),
  );
}

async function readBody(operation: ApiOperation, request: WireRequest): Promise<Record<string, unknown>> {
  if (operation.method === 'GET' || operation.method === 'DELETE') return {};
  if (!/^application\/json\s*(?:;|$)/i.test(request.header('content-type') ?? '')) {
    throw new ProblemFound({ status: 415, detail: 'Send it with Content-Type: application/json.' });
  }
  const body = await request.body(bodyLimit);
  if (body === 'broken off') throw wrong([{ field: '', rule: 'the body ended too soon' }]);
  if (typeof body === 'string')
    throw new ProblemFound({ status: 413, detail: `It may have ${bodyLimit} bytes.` });
  const json = parseJson(body);
  if (typeof json !== 'object' || json === null || Array.isArray(json)) {
    throw wrong([{ field: '', rule: 'must be a JSON object in UTF-8' }]);
  }
  const taken = [...pathNames(operation), ...(operation.query ?? []), 'version'];
  const faults = taken
    .filter((name) => Object.hasOwn(json, name))
    .map((name) => ({ field: `/${name}`, rule: 'is not a known field' }));
  if (faults.length > 0) throw wrong(faults);
  return { ...json };
}

function parseJson(body: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(body));
  } catch {
    return undefined;
  }
}

function wrong(faults: readonly Fault[]): ProblemFound {
  return new ProblemFound({ status: 400, faults });
}
