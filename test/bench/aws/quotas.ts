/** Quotas of AWS in us-east-1 as an account has them at first, and a deployment's own. */

/** Where the quotas were read, by the part of the text that names them. */
export const quotas = {
  /** The parameter of a deployment, `throttleRate`: requests a second. */
  ownThrottle: {
    limit: 100,
    raised: 'by `--param throttleRate`, with `throttleBurst`',
    source: 'aws.md#deploy',
  },
  apiRequests: {
    limit: 10_000,
    raised: 'on request',
    source: 'https://docs.aws.amazon.com/apigateway/latest/developerguide/limits.html',
  },
  /** A new account may have fewer. */
  concurrency: {
    limit: 1000,
    raised: 'on request, to tens of thousands',
    source: 'https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html',
  },
  /** New instances of one function in ten seconds. */
  scaling: {
    limit: 1000,
    raised: 'never; each function has its own',
    source: 'https://docs.aws.amazon.com/lambda/latest/dg/scaling-behavior.html',
  },
  tableReads: {
    limit: 40_000,
    raised: 'on request',
    source: 'https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/ServiceQuotas.html',
  },
  tableWrites: {
    limit: 40_000,
    raised: 'on request',
    source: 'https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/ServiceQuotas.html',
  },
  /** A table that never had more: it takes twice its highest load so far, and has time to grow. */
  newTableReads: {
    limit: 12_000,
    raised: 'by load, twice as much in 30 minutes, or by warm throughput',
    source: 'https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/on-demand-capacity-mode.html',
  },
  newTableWrites: {
    limit: 4000,
    raised: 'by load, twice as much in 30 minutes, or by warm throughput',
    source: 'https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/on-demand-capacity-mode.html',
  },
  /** All rows with one partition key. */
  keyReads: {
    limit: 3000,
    raised: 'never',
    source: 'https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/bp-partition-key-design.html',
  },
  keyWrites: {
    limit: 1000,
    raised: 'never',
    source: 'https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/bp-partition-key-design.html',
  },
  secretRequests: {
    limit: 10_000,
    raised: 'never',
    source: 'https://docs.aws.amazon.com/secretsmanager/latest/userguide/reference_limits.html',
  },
  logRequests: {
    limit: 5000,
    raised: 'on request',
    source: 'https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/cloudwatch_limits_cwl.html',
  },
} as const satisfies Readonly<Record<string, Quota>>;

/** A quota; `source` is a page, and `raised` says how it becomes larger. */
export interface Quota {
  readonly limit: number;
  readonly raised: string;
  readonly source: string;
}
