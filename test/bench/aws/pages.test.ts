/** What the guides say about costs and scale is what the committed numbers come to. */
import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import measured from './measured.json' with { type: 'json' };
import { needsOf } from './model.ts';
import { countsOf, fixedMonth } from './monthly.ts';
import { guideFiles } from './pages.ts';
import { quotaLoads, shareOf } from './quota-load.ts';
import { templateCounts } from './template-counts.ts';

const counts = countsOf(measured, templateCounts());

test.each(['aws.md', 'scale.md', 'scale.svg'])('%s is what `npm run scale` writes now', async (name) => {
  const committed = readFileSync(new URL(`../../../infra/guides/${name}`, import.meta.url), 'utf8');
  const made = (await guideFiles(measured))[name];
  expect(committed === made, `run npm run scale, and commit what it changes in infra/guides/${name}`).toBe(
    true,
  );
});

test('the picture has a label for each quota, and colours of its own on a dark page', async () => {
  const { 'scale.svg': svg = '' } = await guideFiles(measured);
  expect(quotaLoads.filter(({ name }) => !svg.includes(`>${name}</text>`))).toEqual([]);
  expect(svg.includes('@media (prefers-color-scheme:dark)')).toBe(true);
});

describe('the model', () => {
  const small = needsOf(1e6, measured, counts);
  const large = needsOf(1e8, measured, counts);

  test('has calls, rows and storage in proportion to the accounts', () => {
    for (const name of ['calls', 'usersReads', 'sessionsReads', 'writes', 'tableGigabytes'] as const) {
      expect(large[name] / small[name]).toBeCloseTo(100, 6);
    }
  });

  test('adds up the money, and what does not grow with the calls once', () => {
    const { together, ...parts } = large.money;
    expect(together).toBeCloseTo(
      Object.values(parts).reduce((sum, part) => sum + part, 0),
      4,
    );
    expect(small.money.rest - fixedMonth(counts)).toBeLessThan(small.concurrency);
  });

  test('needs an instance for each call that runs, and more for chance', () => {
    // Ten thousand calls of the same kind in the busiest second, each billed as a getchallenge is: Little's law.
    const running = measured.calls.filter(({ call }) => call === 'getchallenge');
    const needs = needsOf(1e6, { ...measured, calls: running }, counts);
    expect(needs.concurrency).toBeGreaterThan(needs.calls * 0.001);
    expect(needs.concurrency).toBeLessThan(needs.calls * 0.1);
  });

  test('says of a load above a quota that it is more than all of it', () => {
    const [throttle] = quotaLoads;
    expect(throttle && shareOf(throttle, large)).toBe(large.calls / 100);
  });
});

test('counts the metrics that alarms look at, those under a condition apart', () => {
  const { secrets, edgeSecrets, dashboards, alarmMetrics, ...conditional } = templateCounts();
  expect({ secrets, edgeSecrets, dashboards }).toEqual({ secrets: 1, edgeSecrets: 1, dashboards: 1 });
  // Failures have three, throttling has ten.
  expect(alarmMetrics).toBeGreaterThanOrEqual(13);
  expect(conditional).toEqual({ relayAlarmMetrics: 2, quietAlarmMetrics: 1, certificateAlarmMetrics: 1 });
});
