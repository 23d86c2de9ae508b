/**
 * The metrics of a server process, for Prometheus: calls by method and wire, and what can delay them. Each label has
 * few values, whatever a stranger sends: a new value would be a new series in the memory of server and collector.
 */
import { statSync } from 'node:fs';
import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';
import { methods } from '../../../core/protocol/methods/table.ts';
import type { QueueObserver } from '../../../infra/passwords/bounded-queue.ts';
import type { CheckAnswered } from '../../../infra/passwords/verification-cache.ts';
import type { StoreObserver } from '../../../infra/stores/open-store.ts';
import type { StoreUri } from '../../../infra/stores/store-uri.ts';
import type { Upstream } from '../../../infra/upstream/upstream.ts';
import type { CallReport } from '../../wire/endpoint.ts';
import type { RequestEntry } from '../../wire/request-log.ts';

/** What a server observes, and the text in which Prometheus reads it. */
export interface Metrics {
  readonly contentType: string;
  text(): Promise<string>;
  /** Counts a request and its calls. */
  request(entry: RequestEntry): void;
  readonly hashQueue: QueueObserver;
  passwordChecked(answered: CheckAnswered): void;
  readonly store: StoreObserver;
  /** Shows from now on whether the site behind answers. */
  watchUpstream(upstream: Pick<Upstream, 'state'>): void;
}

/** Seconds, from a cached read to the longest wait for a lock. */
const buckets = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];

/** Methods of LiveJournal's servers, which go on to the site behind; every other name there is `other`. */
const knownRelayed: ReadonlySet<string> = new Set([
  ...['checkfriends', 'consolecommand', 'editevent', 'editfriendgroups', 'editfriends', 'friendof'],
  ...['getcomments', 'getdaycounts', 'getevents', 'getfriendgroups', 'getfriends', 'getfriendspage'],
  ...['getinbox', 'getpickws', 'getusertags', 'postevent', 'sendmessage', 'setmessageread', 'syncitems'],
]);

/** Opens the metrics of this process. */
export function createMetrics(store: StoreUri): Metrics {
  const registry = new Registry();
  const registers = [registry];
  collectDefaultMetrics({ register: registry });
  const histogram = <Label extends string>(name: string, help: string, labelNames: readonly Label[]) =>
    new Histogram({ name, help, labelNames, buckets, registers });
  const counter = <Label extends string>(name: string, help: string, labelNames: readonly Label[]) =>
    new Counter({ name, help, labelNames, registers });
  const gauge = (name: string, help: string, read?: () => number) =>
    new Gauge({
      name,
      help,
      registers,
      ...(read && {
        collect() {
          this.set(read());
        },
      }),
    });

  const requests = counter('ljgate_requests_total', 'Requests, by HTTP status.', ['wire', 'status']);
  const duration = histogram(
    'ljgate_request_duration_seconds',
    'Time from the headers of a request to its reply.',
    ['wire', 'method'],
  );
  const calls = counter('ljgate_calls_total', 'Calls, by "ok" or the code of the refusal.', [
    'wire',
    'method',
    'outcome',
  ]);
  const banned = counter('ljgate_banned_calls_total', 'Calls refused because of a ban (402).', ['wire']);
  const storeTime = histogram('ljgate_store_duration_seconds', 'Time that a request waited for the store.', [
    'wire',
  ]);
  const hashTime = histogram(
    'ljgate_hash_duration_seconds',
    'Time that a request waited for password hashes, of those that needed one.',
    ['wire'],
  );
  const hashesRunning = gauge('ljgate_hashes_running', 'Password hashes that are being computed.');
  const hashesWaiting = gauge('ljgate_hashes_waiting', 'Password hashes in the queue.');
  const hashesRefused = counter('ljgate_hashes_refused_total', 'Password hashes that waited too long.', []);
  const checks = counter(
    'ljgate_password_checks_total',
    'Password checks: answered from memory ("remembered"), by a hash under way ("shared") or by a new one.',
    ['answer'],
  );
  const reads = counter('ljgate_record_reads_total', 'Reads of SQLite: from the cache or the database.', [
    'from',
  ]);
  const locks = histogram(
    'ljgate_sqlite_lock_wait_seconds',
    'Time that writes waited for another process.',
    [],
  );
  const lockWaiting = gauge('ljgate_sqlite_writes_waiting', 'Writes that wait for another process.');
  const flushes = histogram('ljgate_sqlite_flush_duration_seconds', 'Time of a flush of the log.', []);
  if (store.kind === 'sqlite') {
    gauge('ljgate_sqlite_database_bytes', 'Size of the database.', () => sizeOf(store.path));
    gauge('ljgate_sqlite_log_bytes', 'Size of the write-ahead log.', () => sizeOf(`${store.path}-wal`));
  }
  const relayTime = histogram('ljgate_relay_duration_seconds', 'Time that the site behind took.', ['method']);
  const relayed = counter('ljgate_relayed_calls_total', 'Calls handed on, by the HTTP status of the site.', [
    'method',
    'status',
  ]);

  function count(wire: RequestEntry['wire'], call: CallReport): void {
    const { outcome, upstreamMs, upstreamStatus } = call;
    const method = methodLabel(wire, call);
    calls.inc({ wire, method, outcome: String(outcome) });
    if (outcome === 402) banned.inc({ wire });
    if (upstreamMs === undefined) return;
    relayTime.observe({ method }, upstreamMs / 1000);
    relayed.inc({ method, status: statusLabel(upstreamStatus) });
  }

  return {
    contentType: registry.contentType,
    text: () => registry.metrics(),
    request({ wire, status, ms, storeMs, hashMs, calls: reports }) {
      const [first, ...others] = reports;
      const method = others.length > 0 || !first ? 'system.multicall' : methodLabel(wire, first);
      requests.inc({ wire, status });
      duration.observe({ wire, method }, ms / 1000);
      storeTime.observe({ wire }, storeMs / 1000);
      if (hashMs > 0) hashTime.observe({ wire }, hashMs / 1000);
      for (const report of reports) count(wire, report);
    },
    hashQueue: {
      changed({ running, waiting }) {
        hashesRunning.set(running);
        hashesWaiting.set(waiting);
      },
      refused: () => hashesRefused.inc(),
    },
    passwordChecked: (answer) => checks.inc({ answer }),
    store: {
      readFrom: (from) => reads.inc({ from }),
      lockWaiting: (writes) => lockWaiting.set(writes),
      lockWaited: (ms) => locks.observe(ms / 1000),
      flushed: (ms) => flushes.observe(ms / 1000),
    },
    watchUpstream(upstream) {
      gauge(
        'ljgate_relay_failing',
        'Whether calls are held back from the site behind, because it fails.',
        () => (upstream.state() === 'failing' ? 1 : 0),
      );
    },
  };
}

/** Pages and the interface for sites name their own operations; on the wires a client names the method. */
function methodLabel(wire: RequestEntry['wire'], { method, relayed }: CallReport): string {
  if (wire === 'web' || wire === 'api') return method;
  const known = Object.hasOwn(methods, method) || method.startsWith('system.') || knownRelayed.has(method);
  if (known || method === 'unknown') return method;
  return relayed ? 'other' : 'unknown';
}

/** `none` where the site did not answer. What it answers is not ours to trust. */
function statusLabel(status: number | undefined): string {
  if (status === undefined) return 'none';
  return status >= 100 && status <= 599 ? String(status) : 'other';
}

function sizeOf(path: string): number {
  return statSync(path, { throwIfNoEntry: false })?.size ?? 0;
}
