/**
 * AWS's list prices of us-east-1, in dollars, each of its first tier and without free amounts. Look at the pages before
 * you rely on one.
 */

/** When they were noted. */
export const pricesDate = '27 November 2026';

/** The region that they are of. */
export const pricesRegion = 'us-east-1';

const million = 1e6;

/** What each thing costs, by its unit. */
export const prices = {
  /** @see https://aws.amazon.com/api-gateway/pricing/ a request of up to 512 KB */
  httpApiRequest: 1 / million,
  /** @see https://aws.amazon.com/lambda/pricing/ arm64; starts are billed like calls */
  functionRequest: 0.2 / million,
  functionGigabyteSecond: 0.0000133334,
  /** @see https://aws.amazon.com/dynamodb/pricing/on-demand/ a strongly consistent read of 4 KB, a write of 1 KB */
  readUnit: 0.125 / million,
  writeUnit: 0.625 / million,
  tableGigabyteMonth: 0.25,
  /** Point-in-time recovery, by the size of the table. */
  recoveryGigabyteMonth: 0.2,
  /** @see https://aws.amazon.com/cloudwatch/pricing/ logs as they come in, and as they are stored, compressed */
  logGigabyte: 0.5,
  logGigabyteMonth: 0.03,
  metricMonth: 0.3,
  /** For each metric that an alarm looks at. */
  alarmMetricMonth: 0.1,
  dashboardMonth: 3,
  /** @see https://aws.amazon.com/secrets-manager/pricing/ */
  secretMonth: 0.4,
  secretRequest: 0.05 / 10_000,
  /** @see https://aws.amazon.com/kms/pricing/ AWS's own key `aws/dynamodb` costs nothing, its use does */
  kmsRequest: 0.03 / 10_000,
  /** @see https://aws.amazon.com/cloudfront/pricing/ North America and Europe */
  edgeHttpRequest: 0.75 / million,
  edgeHttpsRequest: 1 / million,
  edgeGigabyte: 0.085,
  /** @see https://aws.amazon.com/ec2/pricing/on-demand/ to the Internet */
  outGigabyte: 0.09,
} as const;
