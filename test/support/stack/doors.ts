/** The ways into a stack from outside: its HTTP API, its own domain, and the edge, built from the template. */
import * as v from 'valibot';
import { type FoundRoute, type HttpApi, type Invoke, openHttpApi } from '../http-api.ts';
import { openEdge } from './edge.ts';
import type { ResolvedResource, ResolvedTemplate } from './resolve.ts';
import { escaped, matches } from './roles.ts';

/** The doors that a stack has. */
export interface Doors {
  readonly api: HttpApi;
  /** At its own domain, where the API has one. */
  readonly domain?: HttpApi;
  readonly edge?: { readonly http: HttpApi; readonly https: HttpApi };
  close(): void;
}

const routeProperties = v.strictObject({ ApiId: v.string(), RouteKey: v.string(), Target: v.string() });

const integrationProperties = v.looseObject({
  ApiId: v.string(),
  IntegrationType: v.literal('AWS_PROXY'),
  IntegrationUri: v.string(),
  PayloadFormatVersion: v.literal('2.0'),
  TimeoutInMillis: v.number(),
});

const permissionProperties = v.strictObject({
  FunctionName: v.string(),
  Action: v.string(),
  Principal: v.string(),
  SourceArn: v.string(),
});

const mappingProperties = v.strictObject({ ApiId: v.string(), DomainName: v.string(), Stage: v.string() });

/** `ANY /path/{proxy+}` as a pattern of `VERB /path`. */
function patternOf(key: string): RegExp {
  const [verb = '', path = ''] = key.split(' ');
  const source = escaped(path).replace(/\\\{proxy\\\+\\\}$/, '.+');
  return new RegExp(`^${verb === 'ANY' ? '[A-Z]+' : verb} ${source}$`);
}

/** A gateway's own reply, of a kind that never reached a function. */
const failed = (statusCode: number, message: string): Invoke => {
  const headers = { 'content-type': 'application/json' };
  return async () => ({ statusCode, headers, body: JSON.stringify({ message }) });
};

/** Opens every door. `invoke` gives the function with an ARN. */
export async function openDoors(
  template: ResolvedTemplate,
  invoke: (arn: string) => Invoke | undefined,
): Promise<Doors> {
  const all = (type: string): readonly (readonly [string, ResolvedResource])[] =>
    [...template.resources].filter(([, resource]) => resource.type === type);
  const [apiName = ''] = all('AWS::ApiGatewayV2::Api')[0] ?? [];
  const apiId = template.ref(apiName);
  const { region, account } = template.place;

  const permitted = (arn: string) =>
    all('AWS::Lambda::Permission').some(([, { properties }]) => {
      const { FunctionName, Action, Principal, SourceArn } = v.parse(permissionProperties, properties);
      const source = `arn:aws:execute-api:${region}:${account}:${apiId}/$default/ANY/path`;
      return (
        FunctionName === arn &&
        Action === 'lambda:InvokeFunction' &&
        Principal === 'apigateway.amazonaws.com' &&
        matches(SourceArn, source)
      );
    });

  const routes = all('AWS::ApiGatewayV2::Route').map(
    ([, { properties }]): FoundRoute & { pattern: RegExp } => {
      const { RouteKey, Target } = v.parse(routeProperties, properties);
      const target = all('AWS::ApiGatewayV2::Integration').find(
        ([name]) => `integrations/${template.ref(name)}` === Target,
      );
      if (!target) throw new Error(`${RouteKey}: its target ${Target} is not there`);
      const { IntegrationUri, TimeoutInMillis } = v.parse(integrationProperties, target[1].properties);
      if (TimeoutInMillis > 30_000) throw new Error(`${RouteKey}: HTTP API waits for at most 30 seconds`);
      const reached = permitted(IntegrationUri) ? invoke(IntegrationUri) : undefined;
      const call = reached ?? failed(500, 'Internal Server Error');
      return { key: RouteKey, pattern: patternOf(RouteKey), invoke: call };
    },
  );
  // A route without a variable goes before one with.
  const ordered = routes.toSorted((a, b) => Number(a.key.includes('{')) - Number(b.key.includes('{')));
  const find = (verb: string, path: string) => ordered.find(({ pattern }) => pattern.test(`${verb} ${path}`));

  const apiHost = `${apiId}.execute-api.${region}.amazonaws.com`;
  const opened: HttpApi[] = [];
  const open = async (host: string) => {
    const door = await openHttpApi(find, { apiId, host });
    opened.push(door);
    return door;
  };
  const api = await open(apiHost);
  const [mapping] = all('AWS::ApiGatewayV2::ApiMapping');
  const named = mapping && v.parse(mappingProperties, mapping[1].properties);
  const domain =
    named?.ApiId === apiId && named.Stage === '$default' ? await open(named.DomainName) : undefined;
  const [distribution] = all('AWS::CloudFront::Distribution');
  const edge = distribution && (await openEdge(distribution[1], template, { [apiHost]: api.url }));
  return {
    api,
    ...(domain && { domain }),
    ...(edge && { edge }),
    close() {
      for (const door of [...opened, ...(edge ? [edge.http, edge.https] : [])]) door.close();
    },
  };
}
