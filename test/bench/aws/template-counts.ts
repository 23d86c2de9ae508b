/** How many things of the template are billed by the month. */
import { readFileSync } from 'node:fs';
import * as v from 'valibot';
import { parse } from 'yaml';

/** What the template has, and more of it under a condition. */
export interface TemplateCounts {
  readonly secrets: number;
  readonly edgeSecrets: number;
  readonly alarmMetrics: number;
  readonly relayAlarmMetrics: number;
  /** With `alarmQuiet`. */
  readonly quietAlarmMetrics: number;
  /** With a domain. */
  readonly certificateAlarmMetrics: number;
  readonly dashboards: number;
}

const resource = v.looseObject({
  Type: v.string(),
  Condition: v.optional(v.string()),
  Properties: v.optional(
    v.looseObject({
      Metrics: v.optional(v.array(v.looseObject({ MetricStat: v.optional(v.unknown()) }))),
    }),
  ),
});
const file = v.object({ Resources: v.record(v.string(), resource) });

/** Counts them in infra/deploy/resources. */
export function templateCounts(): TemplateCounts {
  const resources = ['secrets', 'alarms', 'dashboard'].flatMap((name) => {
    const url = new URL(`../../../infra/deploy/resources/${name}.yml`, import.meta.url);
    const { Resources } = v.parse(file, parse(readFileSync(url, 'utf8'), { merge: true, logLevel: 'error' }));
    return Object.values(Resources);
  });
  const of = (type: string, condition?: string) =>
    resources.filter(({ Type, Condition }) => Type === `AWS::${type}` && Condition === condition);
  const metrics = (condition?: string) =>
    of('CloudWatch::Alarm', condition).reduce((sum, { Properties }) => {
      // A metric without a statistic is an expression over the others.
      const looked = Properties?.Metrics?.filter(({ MetricStat }) => MetricStat !== undefined);
      return sum + (looked?.length ?? 1);
    }, 0);
  return {
    secrets: of('SecretsManager::Secret').length,
    edgeSecrets: of('SecretsManager::Secret', 'WithEdge').length,
    alarmMetrics: metrics(),
    relayAlarmMetrics: metrics('WithUpstream'),
    quietAlarmMetrics: metrics('WithQuietAlarm'),
    certificateAlarmMetrics: metrics('WithWatchedCertificate'),
    dashboards: of('CloudWatch::Dashboard').length,
  };
}
