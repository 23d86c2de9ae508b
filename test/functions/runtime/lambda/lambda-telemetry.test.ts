/** What the functions write for CloudWatch: a log line and an embedded metric a call. */
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { createTelemetry } from '../../../../functions/runtime/lambda/lambda-telemetry.ts';
import type { RequestEntry } from '../../../../functions/wire/request-log.ts';

const written: Record<string, unknown>[] = [];
beforeEach(() => {
  written.length = 0;
  for (const stream of [process.stdout, process.stderr]) {
    vi.spyOn(stream, 'write').mockImplementation((text) => {
      written.push(JSON.parse(String(text)));
      return true;
    });
  }
});
afterEach(() => vi.restoreAllMocks());

const entry: RequestEntry = {
  request: 'r-1',
  wire: 'flat',
  status: 200,
  ms: 12.3456,
  storeMs: 3,
  hashMs: 0,
  remembered: 1,
  address: undefined,
  calls: [{ method: 'login', account: 'test', auth: 'clear', client: 'x/1', outcome: 'ok' }],
};
const entryOf = (change: Partial<RequestEntry>): RequestEntry => ({ ...entry, ...change });
const metricsOf = () => written.filter((line) => '_aws' in line);

test('the log line has the same fields as on the Node server', () => {
  createTelemetry({ LJGATE_STAGE: 'dev', LJGATE_VERSION: '0.1.0+abc' }).log(entry);
  expect(written[0]).toMatchObject({
    level: 'INFO',
    message: 'call',
    service: 'ljgate',
    stage: 'dev',
    version: '0.1.0+abc',
    request: 'r-1',
    wire: 'flat',
    method: 'login',
    account: 'test',
    auth: 'clear',
    client: 'x/1',
    outcome: 'ok',
    ms: 12.35,
    storeMs: 3,
    hashMs: 0,
    remembered: 1,
  });
  expect(written[0]).not.toHaveProperty('address');
});

test('a multicall has a line for each call: the times are in the first, an address where it was refused', () => {
  const [login] = entry.calls;
  if (!login) throw new Error('no call');
  const cause = new Error('store away');
  createTelemetry({ LJGATE_STAGE: 'dev' }).log(
    entryOf({
      wire: 'xmlrpc',
      address: '192.0.2.7',
      calls: [
        login,
        { method: 'login', account: 'other', outcome: 101 },
        { method: 'login', outcome: 502, cause },
      ],
    }),
  );
  const [first, second, third] = written.filter((line) => !('_aws' in line));
  expect(first).toMatchObject({ request: 'r-1', account: 'test', multicall: 3, ms: 12.35, level: 'INFO' });
  expect(first).not.toHaveProperty('address');
  expect(second).toMatchObject({ request: 'r-1', account: 'other', outcome: 101, address: '192.0.2.7' });
  for (const time of ['ms', 'storeMs', 'hashMs', 'remembered']) expect(second).not.toHaveProperty(time);
  expect(third).toMatchObject({ level: 'ERROR', error: { message: 'store away' } });
});

test('a call is counted per stage and, its outcome alone, per stage, wire and method', () => {
  createTelemetry({ LJGATE_STAGE: 'dev' }).log(entry);
  const [stage, method] = metricsOf();
  expect(stage).toMatchObject({ stage: 'dev', calls: 1, failures: 0, coldStart: 1, durationMs: 12.3456 });
  expect(method).toMatchObject({ stage: 'dev', wire: 'flat', method: 'login', calls: 1, failures: 0 });
  expect(method).not.toHaveProperty('durationMs');
  const dimensions = [stage, method].map(
    (metric) => JSON.stringify(metric?.['_aws']).match(/"Dimensions":(\S+?\]\])/)?.[1],
  );
  expect(dimensions).toEqual(['[["stage"]]', '[["stage","wire","method"]]']);
});

test.each([
  ['ok', { failures: 0, refusals: 0, banned: 0 }],
  [101, { failures: 0, refusals: 1, banned: 0 }],
  [402, { failures: 0, refusals: 1, banned: 1 }],
  [-32700, { failures: 0, refusals: 1, banned: 0 }],
  [502, { failures: 1, refusals: 0, banned: 0 }],
] as const)('outcome %s counts as %j', (outcome, counts) => {
  createTelemetry({ LJGATE_STAGE: 'dev' }).log(entryOf({ calls: [{ method: 'login', outcome }] }));
  expect(metricsOf()[0]).toMatchObject(counts);
});

test('a failure is an error line with its cause, down to the innermost', () => {
  const cause = new Error('store away', { cause: new Error('ECONNREFUSED') });
  createTelemetry({ LJGATE_STAGE: 'dev' }).log(
    entryOf({ calls: [{ method: 'login', outcome: 502, cause }] }),
  );
  expect(written[0]).toMatchObject({
    level: 'ERROR',
    error: { message: 'store away', cause: { message: 'ECONNREFUSED' } },
  });
});

test('a secret that could not be fetched has a metric of its own', () => {
  const cause = Object.assign(new Error('away'), { name: 'SecretUnavailable' });
  createTelemetry({ LJGATE_STAGE: 'dev' }).log(
    entryOf({ calls: [{ method: 'login', outcome: 500, cause }] }),
  );
  expect(metricsOf()[0]).toMatchObject({ failures: 1, secretFailures: 1 });
});

test('a start is cold once; a multicall counts each call, and its time once', () => {
  const telemetry = createTelemetry({ LJGATE_STAGE: 'dev' });
  telemetry.log(
    entryOf({
      calls: [entry.calls[0] ?? { method: 'x', outcome: 'ok' }, { method: 'getchallenge', outcome: 'ok' }],
    }),
  );
  telemetry.log(entry);
  const [first, , second, , third] = metricsOf();
  expect(first).toMatchObject({ coldStart: 1, durationMs: 12.3456 });
  expect(second).toMatchObject({ calls: 1 });
  expect(second).not.toHaveProperty('durationMs');
  expect(third).not.toHaveProperty('coldStart');
});

test('a call for the site behind is counted, and none makes a metric under a name that a stranger chose', () => {
  const telemetry = createTelemetry({ LJGATE_STAGE: 'dev' });
  const relayed = { method: 'getevents', relayed: true } as const;
  telemetry.log(entryOf({ calls: [{ ...relayed, outcome: 'ok', upstreamMs: 7, upstreamStatus: 200 }] }));
  telemetry.log(entryOf({ calls: [{ ...relayed, method: 'x_y', outcome: 101 }] }));
  const cause = Object.assign(new Error('the site: it redirects'), { name: 'SiteFailed' });
  telemetry.log(entryOf({ calls: [{ ...relayed, outcome: 502, cause }] }));
  const [answered, byMethod, refused, refusedByMethod, failed] = metricsOf();
  expect(answered).toMatchObject({ relayed: 1, relayFailures: 0, upstreamMs: 7 });
  expect(refused).not.toHaveProperty('relayed');
  expect(failed).toMatchObject({ relayed: 1, relayFailures: 1, failures: 1 });
  expect([byMethod?.['method'], refusedByMethod?.['method']]).toEqual(['relayed', 'relayed']);
});
