/** The template that is deployed, for every choice an operator has. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { codeVersion } from '../../../../infra/deploy/package/code-version.ts';
import { functionNames } from '../../../../infra/deploy/package/packaged-functions.ts';
import { verbs } from '../../../../infra/operations/verbs.ts';
import { adminEvents } from '../../../support/test-events.ts';
import { complaints, hasProperty } from './specification.ts';
import {
  domainParameters,
  type Json,
  type JsonObject,
  type PackagedCopy,
  packageCopy,
  type Resource,
  type Template,
} from './template.ts';

const choices: Readonly<Record<string, readonly string[]>> = {
  dev: [],
  prod: ['--stage', 'prod'],
  'x64 without bans, test events or memory': [
    '--param=architecture=x64',
    '--param=loginBan=off',
    '--param=testEvents=off',
    '--param=remember=off',
  ],
  'an edge': ['--param=edge=on'],
  'a domain and alarms by e-mail': [...domainParameters, '--param=alarmEmail=ops@example.com'],
  'a site behind': ['--param=upstream=https://old.example.com'],
  'an edge with a domain, in another region': [
    '--region=eu-central-1',
    '--param=edge=on',
    ...domainParameters,
  ],
};

const table = 'AWS::DynamoDB::Table';

let copy: PackagedCopy;
const templates = new Map<string, Template>();

beforeAll(async () => {
  copy = await packageCopy();
  for (const [choice, args] of Object.entries(choices)) templates.set(choice, await copy.synthesize(...args));
});
afterAll(() => copy?.[Symbol.asyncDispose]());

function templateOf(choice: string): Template {
  const template = templates.get(choice);
  if (!template) throw new Error(`no template for ${choice}`);
  return template;
}

const propertiesOf = (choice: string, name: string): JsonObject =>
  templateOf(choice).Resources[name]?.Properties ?? {};

const ofType = (choice: string, type: string): readonly Resource[] =>
  Object.values(templateOf(choice).Resources).filter((resource) => resource.Type === type);

describe.each(Object.keys(choices))('the template for %s', (choice) => {
  test('satisfies the schemas of the CloudFormation Registry', () => {
    expect(complaints(templateOf(choice))).toEqual([]);
  });

  test('describes every resource that can be described', () => {
    const silent = Object.entries(templateOf(choice).Resources).filter(
      ([, { Type, Properties = {} }]) =>
        ['Description', 'AlarmDescription'].some(
          (name) => hasProperty(Type, name) && !(name in Properties),
        ) &&
        // Made by Serverless, one a function, with nothing to say beyond its name.
        Type !== 'AWS::ApiGatewayV2::Integration',
    );
    expect(silent.map(([name]) => name)).toEqual([]);
  });

  test('has nothing secret in a variable, only where the secrets are', () => {
    for (const { Properties = {} } of ofType(choice, 'AWS::Lambda::Function')) {
      const { Variables } = Properties['Environment'] as { Variables: JsonObject };
      expect(JSON.stringify(Variables['LJGATE_SECRET'])).toMatch(
        /^\{"Fn::Sub":"secretsmanager:\$\{RootSecret\}"\}$/,
      );
      expect(JSON.stringify(Variables)).not.toContain('resolve:');
    }
  });

  test('runs each function on Node 24, from a zip of its own', () => {
    const functions = ofType(choice, 'AWS::Lambda::Function');
    expect(functions).toHaveLength(functionNames.length);
    for (const { Properties = {} } of functions) {
      const { Runtime, Architectures, Code, Handler } = Properties as Record<
        string,
        { S3Key: string } & string
      >;
      expect(Runtime).toBe('nodejs24.x');
      expect(Architectures).toEqual([choice.startsWith('x64') ? 'x86_64' : 'arm64']);
      expect(Code?.S3Key).toMatch(new RegExp(`/${Handler?.split('.')[0]}\\.zip$`));
    }
  });

  test('keeps every log for a set time', () => {
    const groups = ofType(choice, 'AWS::Logs::LogGroup');
    expect(groups).toHaveLength(functionNames.length + 1);
    for (const { Properties } of groups)
      expect(Properties?.['RetentionInDays']).toBe(choice === 'prod' ? 90 : 30);
  });

  test('has a dashboard that is JSON, of metrics that exist', () => {
    const { DashboardBody } = propertiesOf(choice, 'Dashboard') as { DashboardBody: { 'Fn::Sub': string } };
    const { widgets } = JSON.parse(DashboardBody['Fn::Sub']) as {
      widgets: { properties: { metrics?: unknown[][] } }[];
    };
    const named = JSON.stringify(widgets);
    const stage = choice === 'prod' ? 'prod' : 'dev';
    expect(named).not.toContain('sls:stage');
    expect(named).toContain(`"stage","${stage}"`);
    for (const metric of [
      'calls',
      'refusals',
      'failures',
      'banned',
      'durationMs',
      'storeMs',
      'hashMs',
      'remembered',
      'relayed',
      'relayFailures',
      'upstreamMs',
    ]) {
      expect(named).toContain(metric);
    }
  });
});

test.each([
  ['dev', 'Delete', 'Delete', 'false'],
  // A first deployment that fails would leave tables behind, whose names the next one finds taken.
  ['prod', 'RetainExceptOnCreate', 'Retain', 'true'],
])(
  'tables of %s: %s with the stack, %s in a change, deletion protection %s',
  (choice, onRemove, onReplace, protectedFrom) => {
    for (const table of ['UsersTable', 'SessionsTable']) {
      expect(templateOf(choice).Resources[table]).toMatchObject({
        DeletionPolicy: onRemove,
        UpdateReplacePolicy: onReplace,
        Properties: {
          BillingMode: 'PAY_PER_REQUEST',
          PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: true },
          SSESpecification: { SSEEnabled: true },
          DeletionProtectionEnabled: protectedFrom,
        },
      });
    }
    expect(propertiesOf(choice, 'SessionsTable')['TimeToLiveSpecification']).toEqual({
      AttributeName: 'expires',
      Enabled: true,
    });
    expect(templateOf(choice).Resources['RootSecret']?.DeletionPolicy).toBe(onRemove);
  },
);

const endpoints = ['/cgi-bin/log.cgi', '/interface/flat', '/interface/xmlrpc'];
/** Routes are exact. */
const protocol = endpoints.flatMap((path) => [path, `${path}/`]);
const pages = [
  ...['/', '/account', '/account/{proxy+}', '/assets/{proxy+}', '/session'],
  '/.well-known/jwks.json',
  ...['/api/v1', '/api/v1/{proxy+}'],
];

test('the API has a route for each page and each endpoint, with and without a final slash, in payload 2.0', () => {
  const routes = ofType('dev', 'AWS::ApiGatewayV2::Route').map(({ Properties }) => Properties?.['RouteKey']);
  expect(routes.toSorted()).toEqual([...protocol, ...pages].map((path) => `ANY ${path}`).toSorted());
  for (const { Properties } of ofType('dev', 'AWS::ApiGatewayV2::Integration')) {
    expect(Properties?.['PayloadFormatVersion']).toBe('2.0');
  }
  expect(propertiesOf('dev', 'HttpApiStage')['DefaultRouteSettings']).toEqual({
    ThrottlingRateLimit: '100',
    ThrottlingBurstLimit: '200',
  });
});

test.each(['Admin', 'Authorizer'])(
  '%s has no way in by HTTP, and an output tells how to reach it',
  (name) => {
    const fragment = `${name}LambdaFunction`;
    const { Resources, Outputs } = templateOf('dev');
    const openings = Object.values(Resources).filter(
      ({ Type }) => Type === 'AWS::Lambda::Permission' || Type === 'AWS::ApiGatewayV2::Integration',
    );
    expect(JSON.stringify(openings)).not.toContain(fragment);
    expect(JSON.stringify(Outputs)).toContain(fragment);
  },
);

test('each function ends before who waits for it gives up: API Gateway, or for an authorizer ten seconds', () => {
  expect(Number(propertiesOf('dev', 'AuthorizerLambdaFunction')['Timeout'])).toBeLessThan(10);
  for (const name of ['Flat', 'Xmlrpc', 'Web', 'Api']) {
    expect(Number(propertiesOf('dev', `${name}LambdaFunction`)['Timeout'])).toBeLessThan(30);
  }
});

test('the console of the front page is a choice', async () => {
  const off = await copy.synthesize('--param=console=off');
  for (const [template, console] of [
    [templateOf('dev'), 'on'],
    [off, 'off'],
  ] as const) {
    expect(template.Resources['WebLambdaFunction']?.Properties?.['Environment']).toMatchObject({
      Variables: { LJGATE_CONSOLE: console },
    });
  }
});

test('the access log is JSON, with the status, and no address', () => {
  const { AccessLogSettings } = propertiesOf('dev', 'HttpApiStage') as {
    AccessLogSettings: { Format: string };
  };
  const line = AccessLogSettings.Format.replace('$context.status', '429');
  expect(JSON.parse(line)).toMatchObject({ stage: 'dev', status: 429 });
  expect(line).not.toMatch(/identity|sourceIp/);
});

test('the edge takes plain http on the protocol’s paths alone, caches nothing and forwards what is read', () => {
  const { DistributionConfig } = propertiesOf('an edge', 'EdgeDistribution') as {
    DistributionConfig: JsonObject;
  };
  expect(DistributionConfig['DefaultCacheBehavior']).toMatchObject({
    ViewerProtocolPolicy: 'redirect-to-https',
    CachePolicyId: '4135ea2d-6844-44df-8df9-4b5a84be39ad',
    OriginRequestPolicyId: { Ref: 'PagesRequestPolicy' },
  });
  const behaviours = DistributionConfig['CacheBehaviors'] as readonly JsonObject[];
  expect(behaviours.map((one) => one['PathPattern']).toSorted()).toEqual(endpoints.map((path) => `${path}*`));
  for (const behaviour of behaviours) {
    expect(behaviour).toMatchObject({
      ViewerProtocolPolicy: 'allow-all',
      CachePolicyId: '4135ea2d-6844-44df-8df9-4b5a84be39ad',
      OriginRequestPolicyId: { Ref: 'EdgeRequestPolicy' },
    });
    expect(behaviour['AllowedMethods']).toContain('POST');
  }
  const policy = JSON.stringify(propertiesOf('an edge', 'EdgeRequestPolicy'));
  const seen = ['CloudFront-Viewer-Address', 'CloudFront-Forwarded-Proto'];
  const guards = ['Content-Encoding', 'Origin', 'Sec-Fetch-Site'];
  for (const header of ['X-LJ-Auth', 'Content-Type', 'User-Agent', ...guards, ...seen]) {
    expect(policy).toContain(header);
  }
  expect(propertiesOf('an edge', 'PagesRequestPolicy')['OriginRequestPolicyConfig']).toMatchObject({
    HeadersConfig: {
      Headers: ['Content-Type', 'Content-Encoding', 'User-Agent', 'Sec-Fetch-Site', ...seen],
    },
    CookiesConfig: { CookieBehavior: 'all' },
    QueryStringsConfig: { QueryStringBehavior: 'all' },
  });
});

test('what has one name in all regions has its region in it', () => {
  for (const name of ['EdgeRequestPolicy', 'PagesRequestPolicy']) {
    expect(JSON.stringify(propertiesOf('an edge', name))).toMatch(
      /"Name":\{"Fn::Sub":"[^"]*-\$\{AWS::Region\}"\}/,
    );
  }
  expect(JSON.stringify(propertiesOf('dev', 'Dashboard')['DashboardName'])).toMatch(/-\$\{AWS::Region\}/);
});

test('every alarm tells the topic, and that it is over', () => {
  const alarms = ofType('dev', 'AWS::CloudWatch::Alarm');
  expect(alarms.length).toBeGreaterThan(6);
  for (const { Properties } of alarms) {
    expect(Properties).toMatchObject({
      AlarmActions: [{ Ref: 'AlarmTopic' }],
      OKActions: [{ Ref: 'AlarmTopic' }],
    });
  }
});

/** Whether a condition of the template holds in a region. */
function holds(choice: string, condition: Json | undefined, region: string): boolean {
  const { Conditions = {} } = templateOf(choice);
  const value = (item: Json) => (typeof item === 'string' ? item : region);
  const [[name, inner] = []] = Object.entries(condition as JsonObject);
  const list = [inner ?? []].flat() as Json[];
  switch (name) {
    case 'Condition':
      return holds(choice, Conditions[String(inner)], region);
    case 'Fn::Not':
      return !list.every((item) => holds(choice, item, region));
    case 'Fn::And':
      return list.every((item) => holds(choice, item, region));
    case 'Fn::Or':
      return list.some((item) => holds(choice, item, region));
    case 'Fn::Equals':
      return new Set(list.map(value)).size === 1;
    default:
      throw new Error(`no condition: ${name}`);
  }
}

test.each([
  ['dev', 'CertificateAlarm', 'us-east-1', false],
  ['a domain and alarms by e-mail', 'CertificateAlarm', 'eu-central-1', true],
  ['an edge with a domain, in another region', 'CertificateAlarm', 'eu-central-1', false],
  ['an edge with a domain, in another region', 'CertificateAlarm', 'us-east-1', true],
  ['dev', 'QuietAlarm', 'us-east-1', false],
  ['prod', 'QuietAlarm', 'us-east-1', true],
  ['dev', 'RelayAlarm', 'us-east-1', false],
  ['a site behind', 'RelayAlarm', 'us-east-1', true],
])('for %s: the %s in %s: %s', (choice, name, region, expected) => {
  expect(holds(choice, { Condition: templateOf(choice).Resources[name]?.Condition ?? '' }, region)).toBe(
    expected,
  );
});

test('the alarm before the throttle rate is measured by the rate that the API has', () => {
  const settings = propertiesOf('dev', 'HttpApiStage')['DefaultRouteSettings'] as JsonObject;
  expect(JSON.stringify(propertiesOf('dev', 'RateAlarm')['Metrics'])).toContain(
    `100 * FILL(requests, 0) / (60 * ${settings['ThrottlingRateLimit']})`,
  );
});

test('the console’s test events are what the functions take', () => {
  const examples = ['flat', 'xmlrpc', 'admin'].map((name) => {
    const schema = ofType('dev', 'AWS::EventSchemas::Schema').find(
      ({ Properties }) => Properties?.['SchemaName'] === `_ljgate-dev-${name}-schema`,
    );
    expect(schema?.Properties).toMatchObject({ RegistryName: 'lambda-testevent-schemas', Type: 'OpenApi3' });
    return JSON.parse(String(schema?.Properties?.['Content'])).components.examples;
  });
  const [flat, xmlrpc, admin] = examples;
  for (const { LogInAsTest } of [flat, xmlrpc]) expect(LogInAsTest.value).toMatchObject({ version: '2.0' });
  const events: [string, object][] = Object.entries<{ value: object }>(admin).map(([name, { value }]) => [
    name,
    value,
  ]);
  expect(new Map(events)).toEqual(adminEvents);
  expect(new Set([...adminEvents.values()].map(({ verb }) => verb))).toEqual(new Set(Object.keys(verbs)));
});

test('the state names the tags that the stack hands to every resource', () => {
  const state = JSON.parse(readFileSync(join(copy.folder, 'template-2', 'serverless-state.json'), 'utf8'));
  const version = codeVersion(fileURLToPath(new URL('../../../../', import.meta.url)));
  expect(state.service.provider.stackTags).toEqual({ application: 'ljgate', stage: 'prod', version });
  expect(propertiesOf('prod', 'FlatLambdaFunction')['Environment']).toMatchObject({
    Variables: { LJGATE_VERSION: version },
  });
});

test.each<[string, (properties: JsonObject) => Resource]>([
  ['UsersTable: has no property Colour', (own) => ({ Type: table, Properties: { ...own, Colour: 'red' } })],
  ['UsersTable: lacks KeySchema', ({ KeySchema: _, ...own }) => ({ Type: table, Properties: own })],
  [
    'UsersTable.DeletionProtectionEnabled: "maybe" is no boolean',
    (own) => ({ Type: table, Properties: { ...own, DeletionProtectionEnabled: 'maybe' } }),
  ],
  [
    'UsersTable: there is no AWS::DynamoDB::Tabel',
    (own) => ({ Type: 'AWS::DynamoDB::Tabel', Properties: own }),
  ],
  [
    'UsersTable: mentions Nowhere, which is not there',
    (own) => ({ Type: table, Properties: { ...own, TableName: { Ref: 'Nowhere' } } }),
  ],
  [
    'UsersTable: SessionsTable has no attribute Name',
    (own) => ({
      Type: table,
      Properties: { ...own, TableName: { 'Fn::GetAtt': ['SessionsTable', 'Name'] } },
    }),
  ],
])('a wrong template is refused: %s', (complaint, spoil) => {
  const { Resources, ...rest } = templateOf('dev');
  const spoilt = spoil(Resources['UsersTable']?.Properties ?? {});
  expect(complaints({ ...rest, Resources: { ...Resources, UsersTable: spoilt } })).toContain(complaint);
});

test('every zip that a template names is there', () => {
  for (const name of functionNames)
    expect(existsSync(join(copy.folder, 'dist/arm64', `${name}.zip`))).toBe(true);
});
