/**
 * What each function may do is what it does: its role in the template against the requests that it was
 * seen to send: in every method by every way of authentication, refused, banned and housekeeping ones
 * too; on every page and its forms; by both kinds of authorizer; in every verb of administration.
 */
import * as v from 'valibot';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { createGateway } from '../../../../core/protocol/gateway.ts';
import { defaultSettings } from '../../../../core/protocol/gateway-settings.ts';
import { adminHandler } from '../../../../functions/runtime/lambda/admin-handler.ts';
import { apiHandler } from '../../../../functions/runtime/lambda/api-handler.ts';
import { authorizer } from '../../../../functions/runtime/lambda/authorizer-handler.ts';
import { lambdaHandler } from '../../../../functions/runtime/lambda/endpoint-handler.ts';
import type { Handler } from '../../../../functions/runtime/lambda/lambda-handler.ts';
import { webHandler } from '../../../../functions/runtime/lambda/web-handler.ts';
import { flatEndpoint } from '../../../../functions/wire/flat/flat-endpoint.ts';
import { xmlrpcEndpoint } from '../../../../functions/wire/xmlrpc/xmlrpc-endpoint.ts';
import { createPorts } from '../../../../infra/compose.ts';
import { type FunctionName, functionNames } from '../../../../infra/deploy/package/packaged-functions.ts';
import { nodePlatform } from '../../../../infra/node-platform.ts';
import { parseKeyring } from '../../../../infra/secrets/keyring.ts';
import type { Variables } from '../../../../infra/settings-reader.ts';
import { openDynamodbAdministered } from '../../../../infra/stores/dynamodb/dynamodb-administration.ts';
import { openDynamodbPorts } from '../../../../infra/stores/dynamodb/dynamodb-ports.ts';
import { openDynamodb, openDynamodbStore } from '../../../../infra/stores/dynamodb/dynamodb-store.ts';
import { type SecretsManager, startSecretsManager } from '../../../support/packaged.ts';
import { startDynalite, uniquePrefix } from '../../../support/stores.ts';
import { proxy } from '../../stores/faulty-endpoints.ts';
import { type PackagedCopy, packageCopy, type Template } from './template.ts';
import { usedAccounts } from './used-accounts.ts';
import {
  type Addresses,
  type Fetch,
  type UsedSite,
  useApi,
  useAuthorizer,
  useEndpoint,
  usePages,
  useVerbs,
} from './uses.ts';

const secretText = JSON.stringify({ id: 'k1', secret: 'f9Rk2LmQx7ZbT4wYcN8sVhJ3pDgA6uEe5iKo1XyWqMz' });
const arnOf = (name: string) => `arn:aws:secretsmanager:us-east-1:123456789012:secret:${name}`;
const prefix = uniquePrefix();
const dynalite = await startDynalite();

// What a test arranges for itself goes past the proxies that watch a function.
const store = openDynamodb({ prefix, endpoint: dynalite });
const ports = createPorts(nodePlatform, store, parseKeyring(secretText), { remember: 0 });
const site: UsedSite = { store, ports, gateway: createGateway(ports, defaultSettings) };

let copy: PackagedCopy;
let secrets: SecretsManager;

beforeAll(async () => {
  await store.prepare();
  await usedAccounts(site, secretText);
  secrets = await startSecretsManager({
    [arnOf('RootSecret')]: secretText,
    [arnOf('OriginSecret')]: 'proof',
  });
  vi.stubEnv('AWS_ENDPOINT_URL_SECRETS_MANAGER', secrets.endpoint);
  vi.stubEnv('AWS_ACCESS_KEY_ID', 'local');
  vi.stubEnv('AWS_SECRET_ACCESS_KEY', 'local');
  vi.stubEnv('AWS_REGION', 'us-east-1');
  copy = await packageCopy();
});
afterAll(async () => {
  vi.unstubAllEnvs();
  secrets?.close();
  await store.close();
  await copy?.[Symbol.asyncDispose]();
});

/** What a function says in payload 2.0. */
const pageReply = v.object({
  statusCode: v.number(),
  body: v.string(),
  headers: v.optional(v.record(v.string(), v.string()), {}),
  cookies: v.optional(v.array(v.string()), []),
});

/** What a handler of pages answers, as a browser sees it. */
async function browse(handler: Handler, url: string, init: RequestInit, sourceIp: string): Promise<Response> {
  const request = new Request(url, init);
  const { pathname, search } = new URL(url);
  const event = {
    version: '2.0',
    rawPath: pathname,
    rawQueryString: search.slice(1),
    headers: Object.fromEntries(request.headers),
    cookies: request.headers.get('cookie')?.split('; ') ?? [],
    requestContext: { http: { method: request.method, path: pathname, sourceIp }, stage: '$default' },
    body: await request.text(),
    isBase64Encoded: false,
  };
  const { statusCode, body, headers, cookies } = v.parse(
    pageReply,
    await handler(JSON.parse(JSON.stringify(event))),
  );
  const all = Object.entries(headers);
  for (const cookie of cookies) all.push(['Set-Cookie', cookie]);
  return new Response(body, { status: statusCode, headers: all });
}

/** `ACTION RESOURCE` for each request, the resource by its name in the template. */
function seen(command: string, request: string): readonly string[] {
  const body: { readonly TableName?: string; readonly RequestItems?: object } = JSON.parse(request);
  const names: Readonly<Record<string, string>> = {
    [`${prefix}-users`]: 'UsersTable',
    [`${prefix}-sessions`]: 'SessionsTable',
  };
  const tables = body.TableName === undefined ? Object.keys(body.RequestItems ?? {}) : [body.TableName];
  return tables.map((table) => `dynamodb:${command} ${names[table]}`);
}

/** A policy's statement, or `Fn::If` and two of them. */
const statement = v.record(v.string(), v.any());

/** As much of a role as a template must have. */
const role = v.object({
  ManagedPolicyArns: v.optional(v.never()),
  Policies: v.array(v.object({ PolicyDocument: v.object({ Statement: v.array(statement) }) })),
});

/** `ACTION RESOURCE` for each that a function's role allows. */
function allowed(template: Template, functionName: string): readonly string[] {
  const { Role } = template.Resources[functionName]?.Properties ?? {};
  const { Policies } = v.parse(role, template.Resources[resourceIn(Role)]?.Properties);
  return Policies.flatMap(({ PolicyDocument }) => PolicyDocument.Statement)
    .flatMap((one) => chosen(one, template))
    .flatMap(({ Action, Resource }) => [Action].flat().map((action) => `${action} ${resourceIn(Resource)}`));
}

/** The statement itself, or what its condition makes of it. */
function chosen(one: v.InferOutput<typeof statement>, { Conditions = {} }: Template) {
  if (!('Fn::If' in one)) return [one];
  const [name, holding, otherwise] = v.parse(v.tuple([v.string(), statement, statement]), one['Fn::If']);
  const equals = v.object({ 'Fn::Equals': v.tuple([v.string(), v.string()]) });
  const [left, right] = v.parse(equals, Conditions[name])['Fn::Equals'];
  const choice = left === right ? holding : otherwise;
  return choice['Ref'] === 'AWS::NoValue' ? [] : [choice];
}

/** The resource that `Ref` or `Fn::GetAtt` names; anything else is shown as it is. */
function resourceIn(value: unknown): string {
  const reference = v.union([
    v.pipe(
      v.object({ Ref: v.string() }),
      v.transform(({ Ref }) => Ref),
    ),
    v.pipe(
      v.object({ 'Fn::GetAtt': v.tuple([v.string(), v.string()]) }),
      v.transform((got) => got['Fn::GetAtt'][0]),
    ),
    // Tables, by names that may be others after a restore.
    v.pipe(
      v.object({ 'Fn::Sub': v.pipe(v.string(), v.regex(/:table\/ljgate-dev-(users|sessions)$/)) }),
      v.transform((text) => (text['Fn::Sub'].endsWith('-users') ? 'UsersTable' : 'SessionsTable')),
    ),
  ]);
  const result = v.safeParse(reference, value);
  return result.success ? result.output : JSON.stringify(value);
}

type Edge = 'without' | 'with';

/** How each function is used: with these variables, in a template with or without an edge. */
const uses: Readonly<
  Record<FunctionName, (variables: Variables, edge: Edge, addresses: Addresses) => Promise<void>>
> = {
  flat: (variables, _, addresses) =>
    useEndpoint('flat', through(lambdaHandler(flatEndpoint, openDynamodbPorts, variables)), addresses),
  xmlrpc: (variables, _, addresses) =>
    useEndpoint('xmlrpc', through(lambdaHandler(xmlrpcEndpoint, openDynamodbPorts, variables)), addresses),
  web: (variables, edge, addresses) =>
    usePages(through(webHandler(openDynamodbAdministered, variables)), `web_${edge}`, addresses),
  api: (variables, edge, addresses) => {
    const handler = apiHandler(openDynamodbAdministered, { ...variables, LJGATE_API: 'same' });
    return useApi(through(handler), site, `api_${edge}`, addresses);
  },
  authorizer: (variables) => useAuthorizer(authorizer(openDynamodbPorts, variables), site),
  admin: (variables) => {
    const handle = adminHandler(openDynamodbStore, variables, () => {});
    return useVerbs((event) => handle(event, { awsRequestId: 'test' }), site);
  },
};

/** Requests as events to a handler. */
function through(handler: Handler): Fetch {
  return (url, init, address) => browse(handler, url, init, address);
}

/** What dynalite does not know, as far as it is asked. */
const unknown: Readonly<Record<string, object>> = {
  DescribeContinuousBackups: {
    ContinuousBackupsDescription: {
      ContinuousBackupsStatus: 'ENABLED',
      PointInTimeRecoveryDescription: { PointInTimeRecoveryStatus: 'ENABLED' },
    },
  },
};

describe.each(['without', 'with'] as const)('%s an edge', (edge) => {
  test.each(functionNames)('%s may do what it does, and nothing else', async (name) => {
    const found = new Set<string>();
    const { endpoint } = await proxy(dynalite, (body, command) => {
      for (const one of seen(command, body)) found.add(one);
      return unknown[command];
    });
    const answer = secrets.answer;
    secrets.answer = (id) => {
      found.add(`secretsmanager:GetSecretValue ${id.split(':').at(-1)}`);
      return answer(id);
    };
    // As in the cloud, where no address is named: some questions are not put to an emulator.
    vi.stubEnv('AWS_ENDPOINT_URL_DYNAMODB', endpoint);
    const variables = {
      LJGATE_STORE: `dynamodb:${prefix}`,
      LJGATE_SECRET: `secretsmanager:${arnOf('RootSecret')}`,
      ...(edge === 'with' && { LJGATE_ORIGIN_PROOF: `secretsmanager:${arnOf('OriginSecret')}` }),
    };
    // A ban outlasts the test: each has an address of its own to be banned.
    const guesser = edge === 'with' ? '192.0.2.3' : '192.0.2.2';
    await uses[name](variables, edge, { home: '192.0.2.1', guesser });
    secrets.answer = answer;

    // The runtime writes the log, not the function's own code.
    const title = name.replace(/^./, (first) => first.toUpperCase());
    const logs = [`logs:CreateLogStream ${title}LogGroup`, `logs:PutLogEvents ${title}LogGroup`];
    const template = await copy.synthesize(`--param=edge=${edge === 'with' ? 'on' : 'off'}`);
    expect([...found, ...logs].toSorted()).toEqual(allowed(template, `${title}LambdaFunction`).toSorted());
  });
});
