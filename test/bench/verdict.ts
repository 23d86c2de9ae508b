/** Whether targets were met. */
import type { Results } from './results.ts';
import { mostAboveSdk, mostMemory, mostRelayMs, mostWorkerStart } from './targets.ts';
import type { WorkRow } from './work.ts';

/** One target. */
export interface Verdict {
  readonly what: string;
  readonly wanted: string;
  readonly reached: string;
  readonly met: boolean;
}

/** A floor below this much of a core waits for the load. */
const kept = 0.9;

/**
 * The share that counts: the lower quartile, which three rounds in four reach. Where the load could not keep the floor busy, the floor could do more than it
 * did and the plain share flatters: then the share of processor time counts too, and the smaller holds.
 */
export function honestShare({ share, cpuShare, floorBusy }: WorkRow): number {
  return floorBusy < kept ? Math.min(share.low, cpuShare.low) : share.low;
}

/** Every target that this run can tell about, in the order in which they were set. */
export function verdicts({
  work = [],
  latency = [],
  relay = [],
  codecs = [],
  starts = [],
  workerStart,
  memory = [],
  dynamodb = [],
}: Results): Verdict[] {
  return [
    ...work.flatMap((row) => {
      if (row.target === undefined) return [];
      const share = honestShare(row);
      const of = row.work.includes('never seen') ? 'of bare argon2' : 'of the floor';
      const what = row.connections === 'kept' ? `${row.work}, kept connections` : row.work;
      return verdict(what, `${row.target.toFixed(2)} ${of}`, share.toFixed(2), share >= row.target);
    }),
    ...latency.flatMap(({ work: what, during, ofIdle, target }) => {
      if (!ofIdle || target === undefined) return [];
      const wanted = `p99 at most ${target} × idle`;
      return verdict(`${what}, during ${during}`, wanted, ofIdle.high.toFixed(1), ofIdle.high <= target);
    }),
    ...relay.flatMap(({ share, more, target }) => {
      if (target === undefined || !share || !more) return [];
      const reached = `${share.low.toFixed(2)}, ${more.high.toFixed(2)} ms more`;
      const met = share.low >= target && more.high <= mostRelayMs;
      return verdict('relayed call', `${target} of nginx, at most ${mostRelayMs} ms more`, reached, met);
    }),
    ...codecs.flatMap(({ codec, does, rate, ofSax, target }) => {
      if (target === undefined) return [];
      const [mine, share] = [rate.low, ofSax?.low ?? 0];
      const wanted = `${target} a second a core, above sax`;
      const reached = `${mine.toFixed(0)}, ${share.toFixed(2)} of sax`;
      return verdict(`${codec}: ${does}`, wanted, reached, mine >= target && share > 1);
    }),
    ...starts.flatMap(({ name, ofHello, target }) => {
      if (target === undefined) return [];
      const reached = ofHello.high;
      return verdict(`start of ${name}`, `at most ${target} × hello`, reached.toFixed(2), reached <= target);
    }),
    ...(workerStart ? [workerStart] : []).flatMap(({ ms }) => {
      const met = ms.high <= mostWorkerStart;
      return verdict('start of the Worker', `at most ${mostWorkerStart} ms`, ms.high.toFixed(0), met);
    }),
    ...(memory.length > 0 ? [Math.max(...memory.map(({ mebibytes }) => mebibytes))] : []).flatMap((most) =>
      verdict('resident memory', `at most ${mostMemory} MiB`, most.toFixed(0), most <= mostMemory),
    ),
    ...dynamodb.flatMap(({ method, above }) => {
      const wanted = `at most ${mostAboveSdk} ms of processor time above the SDK`;
      const reached = above.median;
      return verdict(`DynamoDB: ${method}`, wanted, reached.toFixed(2), reached <= mostAboveSdk);
    }),
  ];
}

function verdict(what: string, wanted: string, reached: string, met: boolean): Verdict[] {
  return [{ what, wanted, reached, met }];
}
