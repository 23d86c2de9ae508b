/** The alarms and the runbook: each alarm leads to its part, and each part has an alarm. */
import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { beforeAll, describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { discover } from '../../../support/logs-insights/query.ts';
import { writtenLines } from './real-lines.ts';

const root = new URL('../../../../', import.meta.url);
const read = (path: string) => readFileSync(new URL(path, root), 'utf8');
const yaml = (path: string) => parse(read(path), { logLevel: 'error', merge: true });

interface Metric {
  readonly Namespace: string;
  readonly MetricName: string;
}
interface Alarm extends Metric {
  readonly AlarmName: string;
  readonly AlarmDescription: string;
  readonly Metrics?: readonly { readonly MetricStat?: { readonly Metric: Metric } }[];
  readonly ExtendedStatistic?: string;
  readonly EvaluateLowSampleCountPercentile?: string;
}

const resources: Readonly<Record<string, { readonly Type: string; readonly Properties: Alarm }>> = yaml(
  'infra/deploy/resources/alarms.yml',
).Resources;
const alarms = Object.values(resources)
  .filter(({ Type }) => Type === 'AWS::CloudWatch::Alarm')
  .map(({ Properties }) => ({
    name: Properties.AlarmName.replace(/^.*-/, ''),
    ...Properties,
  }));
const guide: string = yaml('serverless.yml').custom.runbook;
const headings = [...read(guide).matchAll(/^## Alarm (\w+)$/gm)].map(([, name]) => name);

test('each part of the runbook has an alarm, and each alarm a part', () => {
  expect(headings.toSorted()).toEqual(alarms.map(({ name }) => name).toSorted());
});

describe.each(alarms)('the alarm $name', (alarm) => {
  test('has a description that leads to its part of the runbook', () => {
    // GitHub's name for the heading.
    expect(alarm.AlarmDescription).toContain(`\${self:custom.runbook}#alarm-${alarm.name}`);
    expect(alarm.AlarmDescription.length + guide.length).toBeLessThanOrEqual(1024);
  });

  test('has at most ten metrics, and says what few samples mean for a percentile', () => {
    expect((alarm.Metrics ?? []).filter(({ MetricStat }) => MetricStat).length).toBeLessThanOrEqual(10);
    expect(alarm.EvaluateLowSampleCountPercentile).toBe(alarm.ExtendedStatistic && 'ignore');
  });
});

test('what a part of the runbook names is there: guides, queries, widgets', () => {
  const text = read(guide).replaceAll(/\s+/g, ' ');
  for (const [, path = ''] of text.matchAll(/\]\(([\w-]+\.md)/g)) {
    expect(existsSync(fileURLToPath(new URL(`infra/guides/${path}`, root))), path).toBe(true);
  }
  const queries = read('infra/deploy/resources/queries.yml');
  const dashboard = read('infra/deploy/resources/dashboard.yml');
  for (const [, names = ''] of text.matchAll(/quer(?:y|ies) (\*[^*]+\*(?: and \*[^*]+\*)?)/g)) {
    for (const [, name] of names.matchAll(/\*([^*]+)\*/g)) expect(queries).toContain(`}/${name}\n`);
  }
  for (const [, title] of text.matchAll(/widget \*([^*]+)\*/g))
    expect(dashboard).toContain(`"title": "${title}`);
});

describe('metrics of ours', () => {
  let written: ReadonlySet<string>;
  beforeAll(async () => {
    const lines = (await writtenLines()).map((line) => discover(line, 0));
    const metrics = lines.filter((line) => [...line.keys()].some((name) => name.startsWith('_aws.')));
    written = new Set(metrics.flatMap((line) => [...line.keys()]));
  });

  test('that an alarm waits for are written', () => {
    const named = alarms
      .flatMap((alarm) => [
        alarm,
        ...(alarm.Metrics ?? []).flatMap(({ MetricStat }) => MetricStat?.Metric ?? []),
      ])
      .filter(({ Namespace }) => Namespace === 'ljgate');
    expect(named.length).toBeGreaterThan(5);
    for (const { MetricName } of named) expect(written).toContain(MetricName);
  });

  test('that the dashboard shows are written', () => {
    const dashboard = read('infra/deploy/resources/dashboard.yml');
    const named = [
      ...[...dashboard.matchAll(/\["ljgate", "(\w+)"/g)].map(([, name]) => name),
      ...[...dashboard.matchAll(/MetricName=\\"(\w+)\\"/g)].map(([, name]) => name),
    ];
    expect(named.length).toBeGreaterThan(12);
    for (const name of named) expect(written).toContain(name);
  });
});
