/** What `Ref` and `Fn::GetAtt` give for the kinds of resources that the template has. */

/** Where a stack is. */
export interface Place {
  readonly region: string;
  readonly account: string;
  readonly stack: string;
}

type Give = (name: string, place: Place) => string;

interface Identity {
  /** The property that names it; else it is named after the stack and its logical name. */
  readonly nameFrom?: string;
  readonly ref: Give;
  readonly attributes: Readonly<Record<string, Give>>;
}

const named: Give = (name) => name;

const arnOf =
  (service: string, kind: string, suffix = ''): Give =>
  (name, { region, account }) =>
    `arn:aws:${service}:${service === 'iam' ? '' : region}:${account}:${kind}${name}${suffix}`;

/** Secrets Manager adds six characters to a name. */
const secretArn = arnOf('secretsmanager', 'secret:', '-AbCdEf');

/** An id without dashes, as API Gateway and CloudFront give. */
const shortId: Give = (name) => name.toLowerCase().replaceAll(/[^a-z0-9]/g, '');

const identities: Readonly<Record<string, Identity>> = {
  'AWS::DynamoDB::Table': {
    nameFrom: 'TableName',
    ref: named,
    attributes: { Arn: arnOf('dynamodb', 'table/') },
  },
  'AWS::SecretsManager::Secret': { nameFrom: 'Name', ref: secretArn, attributes: { Id: secretArn } },
  'AWS::IAM::Role': { nameFrom: 'RoleName', ref: named, attributes: { Arn: arnOf('iam', 'role/') } },
  'AWS::Lambda::Function': {
    nameFrom: 'FunctionName',
    ref: named,
    attributes: { Arn: arnOf('lambda', 'function:') },
  },
  'AWS::Logs::LogGroup': {
    nameFrom: 'LogGroupName',
    ref: named,
    attributes: { Arn: arnOf('logs', 'log-group:', ':*') },
  },
  'AWS::ApiGatewayV2::Api': { ref: shortId, attributes: {} },
  'AWS::ApiGatewayV2::Stage': { nameFrom: 'StageName', ref: named, attributes: {} },
  'AWS::ApiGatewayV2::DomainName': {
    nameFrom: 'DomainName',
    ref: named,
    attributes: {
      RegionalDomainName: (_, { region }) => `d-regional.execute-api.${region}.amazonaws.com`,
    },
  },
  'AWS::CloudFront::Distribution': {
    ref: shortId,
    attributes: { DomainName: () => 'd111111abcdef8.cloudfront.net' },
  },
  'AWS::SNS::Topic': {
    nameFrom: 'TopicName',
    ref: arnOf('sns', ''),
    attributes: { TopicName: named, TopicArn: arnOf('sns', '') },
  },
  'AWS::CloudWatch::Dashboard': { nameFrom: 'DashboardName', ref: named, attributes: {} },
  'AWS::CloudWatch::Alarm': {
    nameFrom: 'AlarmName',
    ref: named,
    attributes: { Arn: arnOf('cloudwatch', 'alarm:') },
  },
};

const unnamed: Identity = { ref: shortId, attributes: {} };

/** How resources of a type are named; those that nothing names get an id. */
export function identityOf(type: string): Identity {
  return identities[type] ?? unnamed;
}
