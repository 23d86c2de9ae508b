/**
 * The values that AWS takes where a property has few: the schemas on npm have them only in prose. Every text in our
 * templates is either under one of these, or named as ours to choose: a new property has to be looked up first.
 * @see https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-template-resource-type-ref.html
 */

import { isObject } from '../../../support/stack/resolve.ts';
import type { Json, Template } from './template.ts';

const yesOrNo = /^(true|false)$/;
const number = /^\d+$/;
const httpMethods = /^(GET|HEAD|OPTIONS|PUT|PATCH|POST|DELETE)$/;
const viewerPolicy = /^(allow-all|https-only|redirect-to-https)$/;
const cachePolicy = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;
const effect = /^(Allow|Deny)$/;
const policyVersion = /^2012-10-17$/;
const arn = /^arn:aws:/;

/** By type and place of the property, without the numbers of lists. */
const allowed: Readonly<Record<string, RegExp>> = {
  'ApiGatewayV2::Api.ProtocolType': /^(HTTP|WEBSOCKET)$/,
  'ApiGatewayV2::DomainName.DomainNameConfigurations.CertificateArn': arn,
  'ApiGatewayV2::DomainName.DomainNameConfigurations.EndpointType': /^REGIONAL$/,
  'ApiGatewayV2::DomainName.DomainNameConfigurations.SecurityPolicy': /^TLS_1_2$/,
  'ApiGatewayV2::Integration.IntegrationType': /^AWS_PROXY$/,
  'ApiGatewayV2::Integration.PayloadFormatVersion': /^2\.0$/,
  'ApiGatewayV2::Integration.TimeoutInMillis': /^([5-9]\d|[1-9]\d{2,3}|[12]\d{4}|30000)$/,
  'ApiGatewayV2::Route.RouteKey': /^(ANY|GET|POST) \/\S*$/,
  'ApiGatewayV2::Stage.AutoDeploy': yesOrNo,
  'ApiGatewayV2::Stage.DefaultRouteSettings.ThrottlingBurstLimit': number,
  'ApiGatewayV2::Stage.DefaultRouteSettings.ThrottlingRateLimit': number,
  'CloudFront::Distribution.DistributionConfig.CacheBehaviors.AllowedMethods': httpMethods,
  'CloudFront::Distribution.DistributionConfig.CacheBehaviors.CachePolicyId': cachePolicy,
  'CloudFront::Distribution.DistributionConfig.CacheBehaviors.Compress': yesOrNo,
  'CloudFront::Distribution.DistributionConfig.CacheBehaviors.ViewerProtocolPolicy': viewerPolicy,
  'CloudFront::Distribution.DistributionConfig.DefaultCacheBehavior.AllowedMethods': httpMethods,
  'CloudFront::Distribution.DistributionConfig.DefaultCacheBehavior.CachePolicyId': cachePolicy,
  'CloudFront::Distribution.DistributionConfig.DefaultCacheBehavior.Compress': yesOrNo,
  'CloudFront::Distribution.DistributionConfig.DefaultCacheBehavior.ViewerProtocolPolicy': viewerPolicy,
  'CloudFront::Distribution.DistributionConfig.Enabled': yesOrNo,
  'CloudFront::Distribution.DistributionConfig.HttpVersion': /^http(1\.1|2|3|2and3)$/,
  'CloudFront::Distribution.DistributionConfig.IPV6Enabled': yesOrNo,
  'CloudFront::Distribution.DistributionConfig.Origins.CustomOriginConfig.OriginProtocolPolicy':
    /^(http-only|https-only|match-viewer)$/,
  'CloudFront::Distribution.DistributionConfig.Origins.CustomOriginConfig.OriginSSLProtocols':
    /^(SSLv3|TLSv1|TLSv1\.1|TLSv1\.2)$/,
  'CloudFront::Distribution.DistributionConfig.PriceClass': /^PriceClass_(100|200|All)$/,
  'CloudFront::Distribution.DistributionConfig.ViewerCertificate.AcmCertificateArn': arn,
  'CloudFront::Distribution.DistributionConfig.ViewerCertificate.CloudFrontDefaultCertificate': yesOrNo,
  'CloudFront::Distribution.DistributionConfig.ViewerCertificate.MinimumProtocolVersion':
    /^(SSLv3|TLSv1|TLSv1_2016|TLSv1\.1_2016|TLSv1\.2_20(18|19|21|25)|TLSv1\.3_2025)$/,
  'CloudFront::Distribution.DistributionConfig.ViewerCertificate.SslSupportMethod':
    /^(sni-only|vip|static-ip)$/,
  'CloudFront::OriginRequestPolicy.OriginRequestPolicyConfig.CookiesConfig.CookieBehavior':
    /^(none|whitelist|all|allExcept)$/,
  'CloudFront::OriginRequestPolicy.OriginRequestPolicyConfig.HeadersConfig.HeaderBehavior':
    /^(none|whitelist|allViewer|allViewerAndWhitelistCloudFront|allExcept)$/,
  // What CloudFront removes or writes itself cannot be asked for; Authorization is for cache policies.
  'CloudFront::OriginRequestPolicy.OriginRequestPolicyConfig.HeadersConfig.Headers':
    /^(?!(Authorization|Host|Connection|Content-Length|Cookie|Via|Transfer-Encoding|Accept-Encoding)$)[\w-]+$/i,
  'CloudFront::OriginRequestPolicy.OriginRequestPolicyConfig.QueryStringsConfig.QueryStringBehavior':
    /^(none|whitelist|all|allExcept)$/,
  'CloudWatch::Alarm.ComparisonOperator':
    /^(GreaterThanOrEqualToThreshold|GreaterThanThreshold|LessThanThreshold|LessThanOrEqualToThreshold)$/,
  'CloudWatch::Alarm.EvaluateLowSampleCountPercentile': /^(evaluate|ignore)$/,
  'CloudWatch::Alarm.EvaluationPeriods': number,
  'CloudWatch::Alarm.DatapointsToAlarm': number,
  'CloudWatch::Alarm.ExtendedStatistic': /^(p|tm|tc|ts|wm)\d{1,2}(\.\d{1,10})?$/,
  'CloudWatch::Alarm.Metrics.MetricStat.Period': number,
  'CloudWatch::Alarm.Metrics.MetricStat.Stat': /^(Sum|Average|Minimum|Maximum|SampleCount|p\d{1,2}(\.\d+)?)$/,
  'CloudWatch::Alarm.Metrics.ReturnData': yesOrNo,
  'CloudWatch::Alarm.Metrics.Period': number,
  'CloudWatch::Alarm.Period': /^(10|30|[1-9]\d*0)$/,
  'CloudWatch::Alarm.Statistic': /^(Sum|Average|Minimum|Maximum|SampleCount)$/,
  'CloudWatch::Alarm.Threshold': /^\d+(\.\d+)?$/,
  'CloudWatch::Alarm.TreatMissingData': /^(breaching|notBreaching|ignore|missing)$/,
  'DynamoDB::Table.AttributeDefinitions.AttributeType': /^[SNB]$/,
  'DynamoDB::Table.BillingMode': /^(PAY_PER_REQUEST|PROVISIONED)$/,
  'DynamoDB::Table.DeletionProtectionEnabled': yesOrNo,
  'DynamoDB::Table.KeySchema.KeyType': /^(HASH|RANGE)$/,
  'DynamoDB::Table.PointInTimeRecoverySpecification.PointInTimeRecoveryEnabled': yesOrNo,
  'DynamoDB::Table.SSESpecification.SSEEnabled': yesOrNo,
  'DynamoDB::Table.TimeToLiveSpecification.Enabled': yesOrNo,
  'EventSchemas::Schema.RegistryName': /^lambda-testevent-schemas$/,
  'EventSchemas::Schema.Type': /^(OpenApi3|JSONSchemaDraft4)$/,
  'IAM::Role.AssumeRolePolicyDocument.Statement.Action': /^sts:AssumeRole$/,
  'IAM::Role.AssumeRolePolicyDocument.Statement.Effect': effect,
  'IAM::Role.AssumeRolePolicyDocument.Statement.Principal.Service': /^lambda\.amazonaws\.com$/,
  'IAM::Role.AssumeRolePolicyDocument.Version': policyVersion,
  'IAM::Role.Policies.PolicyDocument.Statement.Action': /^(dynamodb|secretsmanager|logs):[A-Z]\w+$/,
  'IAM::Role.Policies.PolicyDocument.Statement.Effect': effect,
  'IAM::Role.Policies.PolicyDocument.Version': policyVersion,
  'Lambda::Function.Architectures': /^(arm64|x86_64)$/,
  'Lambda::Function.Handler': /^(flat|xmlrpc|web|api|authorizer|admin)\.handler$/,
  'Lambda::Function.MemorySize': number,
  'Lambda::Function.ReservedConcurrentExecutions': number,
  'Lambda::Function.Runtime': /^nodejs24\.x$/,
  'Lambda::Function.Timeout': /^([1-9]\d?|[1-8]\d\d|900)$/,
  'Lambda::Permission.Action': /^lambda:InvokeFunction$/,
  'Lambda::Permission.Principal': /^apigateway\.amazonaws\.com$/,
  'Logs::LogGroup.RetentionInDays':
    /^(1|3|5|7|14|30|60|90|120|150|180|365|400|545|731|1096|1827|2192|2557|2922|3288|3653)$/,
  'S3::Bucket.BucketEncryption.ServerSideEncryptionConfiguration.ServerSideEncryptionByDefault.SSEAlgorithm':
    /^(AES256|aws:kms)$/,
  'SNS::Subscription.Endpoint': /^\S+@\S+$|^$/,
  'SNS::Subscription.Protocol': /^(email|email-json|sms|https?|sqs|lambda)$/,
  'SecretsManager::Secret.GenerateSecretString.ExcludePunctuation': yesOrNo,
  'SecretsManager::Secret.GenerateSecretString.PasswordLength': number,
};

/** Texts that are ours to choose, and those that the stack itself proves when it runs. */
const ours = new RegExp(
  `^(${[
    String.raw`.*\.(Tags|Description|Comment|Label|DisplayName|AlarmDescription|PolicyName)(\..*)?`,
    String.raw`.*\.(Name|AlarmName|TopicName|TableName|FunctionName|LogGroupName|DomainName|StageName|Stage|SchemaName|QueryDefinitionName|QueryString|LogGroupNames)`,
    String.raw`ApiGatewayV2::Stage\.AccessLogSettings\.Format`,
    String.raw`CloudFront::.*\.(Aliases|PathPattern|TargetOriginId|Origins\.Id|HeaderName|HeaderValue)`,
    String.raw`CloudWatch::Alarm\..*(Dimensions\.(Name|Value)|MetricName|Namespace|Expression|Metrics\.Id)`,
    String.raw`DynamoDB::Table\..*AttributeName`,
    String.raw`EventSchemas::Schema\.Content`,
    String.raw`Lambda::Function\.(Code\.S3Key|Environment\.Variables\..*)`,
    // Made by osls for its own bucket.
    String.raw`S3::BucketPolicy\..*`,
    String.raw`SecretsManager::Secret\.GenerateSecretString\.(GenerateStringKey|SecretStringTemplate)`,
  ].join('|')})$`,
);

/** Metrics of AWS's own that are looked at, by namespace and dimensions. Each set of dimensions has its names. */
const awsMetrics: Readonly<Record<string, RegExp>> = {
  'AWS/ApiGateway ApiId': /^(Count|4xx|5xx|Latency|IntegrationLatency|DataProcessed)$/,
  'AWS/Lambda FunctionName': /^(Invocations|Errors|Throttles|Duration|ConcurrentExecutions)$/,
  'AWS/DynamoDB TableName': /^(Consumed(Read|Write)CapacityUnits|(Read|Write)ThrottleEvents)$/,
  'AWS/CertificateManager CertificateArn': /^DaysToExpiry$/,
  'ljgate stage':
    /^(calls|refusals|failures|banned|durationMs|storeMs|hashMs|remembered|coldStart|secretFailures|relayed|relayFailures|upstreamMs)$/,
};

/** What is wrong with a template's texts, a sentence each. */
export function forbiddenValues(template: Template): readonly string[] {
  const found: string[] = [];
  for (const [name, { Type, Properties = {} }] of Object.entries(template.Resources)) {
    const type = Type.replace(/^AWS::/, '');
    walk(Properties, type, (place, text) => {
      const rule = allowed[place];
      if (rule ? !rule.test(text) : !ours.test(place)) found.push(`${name}: ${place} cannot be ${text}`);
    });
    if (Type === 'AWS::CloudWatch::Alarm') checkMetrics(Properties, name, found);
  }
  return found;
}

function walk(json: Json, place: string, see: (place: string, text: string) => void): void {
  if (Array.isArray(json)) {
    for (const item of json as readonly Json[]) walk(item, place, see);
  } else if (isObject(json)) {
    const [first = ''] = Object.keys(json);
    if (first === 'Fn::If') {
      const [, ...branches] = Array.isArray(json[first]) ? (json[first] as readonly Json[]) : [];
      for (const branch of branches) walk(branch, place, see);
    } else if (first !== 'Ref' && !first.startsWith('Fn::')) {
      // Conditions of policies have colons and dots in their names.
      for (const [name, inner] of Object.entries(json)) walk(inner, `${place}.${name}`, see);
    }
  } else if (json !== null && json !== '') see(place, String(json));
}

function checkMetrics(json: Json, alarm: string, found: string[]): void {
  if (Array.isArray(json)) for (const item of json as readonly Json[]) checkMetrics(item, alarm, found);
  if (!isObject(json)) return;
  const { Namespace, MetricName, Dimensions } = json;
  if (MetricName !== undefined) {
    const names = (Array.isArray(Dimensions) ? (Dimensions as readonly Json[]) : []).map((one) =>
      isObject(one) ? String(one['Name']) : '',
    );
    const set = `${String(Namespace)} ${names.join(' ')}`;
    if (!awsMetrics[set]?.test(String(MetricName))) {
      found.push(`${alarm}: there is no metric ${String(MetricName)} of ${set}`);
    }
  }
  for (const inner of Object.values(json)) checkMetrics(inner, alarm, found);
}
