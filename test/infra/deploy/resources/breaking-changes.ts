/** Changes of a template that each break a deployment, and have been green once: texts of its JSON, before and after. */

/** One change. */
export interface BreakingChange {
  readonly says: string;
  readonly from: RegExp;
  readonly to: string;
}

/** Nobody can log in, or CloudFormation refuses the template, after each of these. */
export const breakingChanges: readonly BreakingChange[] = [
  {
    says: 'a principal that does not exist',
    from: /"lambda\.amazonaws\.com"/g,
    to: '"lambada.amazonaws.com"',
  },
  { says: 'an action of STS that does not exist', from: /sts:AssumeRole/g, to: 'sts:AssumeRolle' },
  { says: 'a TLS version of viewers', from: /"TLSv1"/g, to: '"TLSv9"' },
  { says: 'a price class', from: /PriceClass_100/g, to: 'PriceClass_7' },
  { says: 'an origin’s protocol', from: /"https-only"/g, to: '"https"' },
  { says: 'the name of the proof’s header', from: /"X-Origin-Proof"/g, to: '"X-Origin-Proofs"' },
  { says: 'an endpoint type', from: /"REGIONAL"/g, to: '"GLOBAL"' },
  { says: 'a security policy', from: /"TLS_1_2"/g, to: '"TLS_1_9"' },
  { says: 'what missing data means', from: /"notBreaching"/g, to: '"never"' },
  { says: 'a statistic', from: /"ExtendedStatistic":"p99"/g, to: '"ExtendedStatistic":"q99"' },
  { says: 'a comparison', from: /"GreaterThanOrEqualToThreshold"/g, to: '"GreaterOrSo"' },
  { says: 'a metric of ours', from: /"MetricName":"durationMs"/g, to: '"MetricName":"durationMsec"' },
  { says: 'a metric of API Gateway’s', from: /"MetricName":"5xx"/g, to: '"MetricName":"5XXError"' },
  {
    says: 'the key of the secret',
    from: /"GenerateStringKey":"secret"/g,
    to: '"GenerateStringKey":"secreto"',
  },
  { says: 'a secret that is short', from: /"PasswordLength":43/g, to: '"PasswordLength":12' },
  { says: 'tables of another name', from: /"dynamodb:ljgate-dev"/g, to: '"dynamodb:ljgate"' },
  { says: 'a variable that nothing reads', from: /"LJGATE_LOGIN_BAN"/g, to: '"LJGATE_LOGINBAN"' },
  { says: 'a handler that is not there', from: /"flat\.handler"/g, to: '"flat.nosuch"' },
  { says: 'too little time', from: /"Timeout":29/g, to: '"Timeout":1' },

  { says: 'a role that may not read accounts', from: /"dynamodb:BatchGetItem",?/g, to: '' },
  { says: 'a role for another table', from: /table\/ljgate-dev-sessions/g, to: 'table/ljgate-dev-session' },
  {
    says: 'a secret that a role may not read',
    from: /secretsmanager:GetSecretValue/g,
    to: 'secretsmanager:DescribeSecret',
  },
  { says: 'a table without its range key', from: /,\{"AttributeName":"item","KeyType":"RANGE"\}/g, to: '' },
  { says: 'a route that nothing finds', from: /"ANY \/interface\/flat"/g, to: '"ANY /interface/flats"' },
  {
    says: 'a permission for somebody else',
    from: /"apigateway\.amazonaws\.com"/g,
    to: '"events.amazonaws.com"',
  },
  { says: 'a permission for another API', from: /":execute-api:"/g, to: '":apigateway:"' },
  { says: 'an edge that hands on no viewer’s address', from: /"CloudFront-Viewer-Address",/g, to: '' },
  {
    says: 'an edge that hands on no cookies',
    from: /"CookieBehavior":"all"/g,
    to: '"CookieBehavior":"none"',
  },
  { says: 'an edge that sends protocol clients to https', from: /"allow-all"/g, to: '"redirect-to-https"' },
  { says: 'an edge that takes no POST', from: /"POST",/g, to: '' },
  {
    says: 'the proof’s secret in a variable that is empty',
    from: /"Fn::Sub":"secretsmanager:\$\{OriginSecret\}"/g,
    to: '"Fn::Sub":"secretsmanager:"',
  },
];
