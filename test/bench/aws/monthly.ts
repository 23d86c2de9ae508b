/** What a deployment costs by the month, whether it is called or not. */
import type { Billed } from '../billed.ts';
import { table } from '../table.ts';
import { logGigabytes } from './cost.ts';
import { prices } from './prices.ts';
import type { TemplateCounts } from './template-counts.ts';

/** How many of each there are. */
export interface Counts extends TemplateCounts {
  /** Metrics that the functions write for the stage, and for each wire and method. */
  readonly stageMetrics: number;
  readonly methodMetrics: number;
}

/** Metrics more where there is a site behind: calls sent on, failed ones, their time. */
const relayMetrics = 3;

/** Four methods over two wires. */
const methodsUsed = 8;

/** What the functions were seen to write, and what the template has. */
export function countsOf({ metrics }: Billed, template: TemplateCounts): Counts {
  return { ...template, stageMetrics: metrics.stage, methodMetrics: metrics.method };
}

/** Dollars a month for what does not grow with the calls, every method in use. */
export function fixedMonth({ secrets, alarmMetrics, dashboards, ...metrics }: Counts): number {
  const { stageMetrics, methodMetrics } = metrics;
  return (
    secrets * prices.secretMonth +
    alarmMetrics * prices.alarmMetricMonth +
    dashboards * prices.dashboardMonth +
    (stageMetrics + methodsUsed * methodMetrics) * prices.metricMonth
  );
}

const month = 30 * 24 * 3600;
const tables = 2;

/** Requests that an instance which is never idle makes in a month: the secret every 240 s, a table's key every 300 s. */
const secretPolls = month / 240;
const keyRequests = (tables * month) / 300;

/** Dollars a month for what an instance asks of Secrets Manager, and DynamoDB of KMS for it, at the most. */
export function instanceMonth(): number {
  return secretPolls * prices.secretRequest + keyRequests * prices.kmsRequest;
}

/** The guide's table. */
export function monthlyTable(measured: Billed, counts: Counts): string {
  const dollars = (amount: number) => amount.toFixed(2);
  const { metricMonth } = prices;
  const { alarmMetrics, relayAlarmMetrics, stageMetrics, methodMetrics } = counts;
  const { quietAlarmMetrics, certificateAlarmMetrics } = counts;
  const [challenge] = measured.calls;
  const gigabytes = challenge ? logGigabytes(challenge) : 0;
  return table(
    ['what', 'a month#'],
    [
      ['the root secret', dollars(counts.secrets * prices.secretMonth)],
      ["the secret of CloudFront's proof, with `edge=on`", dollars(counts.edgeSecrets * prices.secretMonth)],
      [
        'polling: each function that runs asks for the root secret at its start, then every four minutes while it is called; for one that is never idle, at most',
        dollars(secretPolls * prices.secretRequest),
      ],
      [`alarms: ${alarmMetrics} metrics that they look at`, dollars(alarmMetrics * prices.alarmMetricMonth)],
      [`… and ${relayAlarmMetrics} with \`upstream\``, dollars(relayAlarmMetrics * prices.alarmMetricMonth)],
      [
        `… and ${quietAlarmMetrics} with \`alarmQuiet\`, ${certificateAlarmMetrics} with a certificate, each`,
        dollars(prices.alarmMetricMonth),
      ],
      [
        `custom metrics: ${stageMetrics} of the stage, in a month of steady use`,
        dollars(stageMetrics * metricMonth),
      ],
      [`… ${methodMetrics} for each method and wire in use`, dollars(methodMetrics * metricMonth)],
      [`… ${relayMetrics} more of the stage with \`upstream\``, dollars(relayMetrics * metricMonth)],
      [
        'the dashboard, where the account has three others',
        dollars(counts.dashboards * prices.dashboardMonth),
      ],
      ['the tables, for each GB', dollars(prices.tableGigabyteMonth)],
      ['… their point-in-time recovery, for each GB', dollars(prices.recoveryGigabyteMonth)],
      [
        "KMS: AWS's key `aws/dynamodb` is free, its use is not; DynamoDB asks for it again after five minutes; for a function that is never idle, at most",
        dollars(keyRequests * prices.kmsRequest),
      ],
      ['KMS for the secrets, under `aws/secretsmanager`', dollars(0)],
      [
        `logs that are stored, for each GB that came in (a million calls are about ${gigabytes.toFixed(0)}): ${prices.logGigabyteMonth} for each GB compressed, here to 15 %`,
        (0.15 * prices.logGigabyteMonth).toFixed(4),
      ],
      ['CloudFront, a million calls over http', dollars(prices.edgeHttpRequest * 1e6)],
      ['… over https', dollars(prices.edgeHttpsRequest * 1e6)],
      ['data out, for each GB: from the HTTP API', dollars(prices.outGigabyte)],
      ['… through CloudFront', String(prices.edgeGigabyte)],
    ],
  );
}
