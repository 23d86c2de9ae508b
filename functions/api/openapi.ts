/** The description of the interface, OpenAPI 3.1, made from the schemas that check its requests. */
import { toJsonSchema } from '@valibot/to-json-schema';
import type * as v from 'valibot';
import type { ApiOperation } from './api-context.ts';
import { operations } from './operations.ts';
import { titles } from './problem.ts';
import { membersOf, pathNames } from './request-input.ts';

type Json = Readonly<Record<string, unknown>>;

const jsonOf = (schema: v.GenericSchema): Json => {
  const { $schema: _, ...json } = toJsonSchema(schema, { typeMode: 'input', errorMode: 'ignore' });
  return json;
};

/** What the interface takes and gives, as JSON text. */
export function openApi(): string {
  text ??= JSON.stringify(describe());
  return text;
}

let text: string | undefined;

function describe(): Json {
  const paths: Record<string, Record<string, Json>> = {};
  for (const [name, operation] of Object.entries(operations)) {
    const verb = operation.method.toLowerCase();
    paths[operation.path] = { ...paths[operation.path], [verb]: describeOperation(name, operation) };
  }
  return {
    openapi: '3.1.0',
    info: {
      title: "ljgate: the interface for a site's own code",
      // Of the interface, not of the program.
      version: '1.0.0',
      description:
        'Accounts, log-ins, sessions, client keys and bans. Times are RFC 3339. Problems are RFC 9457, with every fault of the input.',
      license: { name: 'MIT', identifier: 'MIT' },
    },
    servers: [{ url: '/api/v1' }],
    security: [{ token: [] }],
    paths,
    components: {
      securitySchemes: {
        token: { type: 'http', scheme: 'bearer', description: 'Made with `npx ljgate tokens add`.' },
      },
      schemas: { Problem: problem },
    },
  };
}

const problem = {
  type: 'object',
  required: ['title', 'status'],
  properties: {
    title: { type: 'string' },
    status: { type: 'integer' },
    detail: { type: 'string' },
    faults: {
      type: 'array',
      items: {
        type: 'object',
        required: ['field', 'rule'],
        properties: {
          field: { type: 'string', description: 'JSON Pointer; empty for the whole' },
          rule: { type: 'string' },
        },
      },
    },
  },
};

function describeOperation(name: string, operation: ApiOperation): Json {
  const { summary, scopes, result, status = 200 } = operation;
  const body = bodyOf(operation);
  return {
    operationId: name,
    summary,
    description: scopes.length === 0 ? 'Every token will do.' : `Scope: ${scopes.join(' or ')}.`,
    parameters: parametersOf(operation),
    ...(body && { requestBody: { required: true, content: { 'application/json': { schema: body } } } }),
    responses: {
      ...(operation.refusal && {
        200: { description: operation.refusal, content: { 'application/json': { schema: jsonOf(result) } } },
      }),
      [status]: { description: 'Done', content: { 'application/json': { schema: jsonOf(result) } } },
      ...Object.fromEntries(problemsOf(operation).map((code) => [code, problemResponse(code)])),
    },
  };
}

function problemResponse(status: keyof typeof titles): Json {
  const schema = { $ref: '#/components/schemas/Problem' };
  return { description: titles[status], content: { 'application/problem+json': { schema } } };
}

function problemsOf(operation: ApiOperation): readonly (keyof typeof titles)[] {
  const named = pathNames(operation).length > 0 ? ([404] as const) : [];
  const changed = operation.audit === undefined ? [] : ([409] as const);
  const held = takesVersion(operation) ? ([412] as const) : [];
  const read = operation.method === 'GET' || operation.method === 'DELETE' ? [] : ([413, 415] as const);
  return [400, 401, 403, ...named, ...changed, ...held, ...read, 429, 500, 503];
}

function takesVersion(operation: ApiOperation): boolean {
  return 'version' in membersOf(operation.input);
}

function parametersOf(operation: ApiOperation): readonly Json[] {
  const members = membersOf(operation.input);
  const parameter = (location: 'path' | 'query') => (name: string) => ({
    name,
    in: location,
    required: location === 'path',
    schema: members[name] ?? { type: 'string' },
  });
  const match = {
    name: 'If-Match',
    in: 'header',
    required: false,
    description: 'The ETag of the account that was read: nothing is changed where it has another by now.',
    schema: { type: 'string' },
  };
  return [
    ...pathNames(operation).map(parameter('path')),
    ...(operation.query ?? []).map(parameter('query')),
    ...(takesVersion(operation) ? [match] : []),
  ];
}

/** The input without what comes in the path, the query and headers. */
function bodyOf(operation: ApiOperation): Json | undefined {
  if (operation.method === 'GET' || operation.method === 'DELETE') return undefined;
  const elsewhere = new Set([...pathNames(operation), ...(operation.query ?? []), 'version']);
  const schema = jsonOf(operation.body ?? operation.input);
  const properties = Object.entries(Object(schema['properties'])).filter(([name]) => !elsewhere.has(name));
  const required = [schema['required']]
    .flat()
    .filter((name) => name !== undefined && !elsewhere.has(String(name)));
  return {
    type: 'object',
    properties: Object.fromEntries(properties),
    ...(required.length > 0 && { required }),
    additionalProperties: false,
  };
}
