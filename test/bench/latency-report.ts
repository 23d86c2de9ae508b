/** The latencies as Markdown. */
import type { LatencyRow } from './latency.ts';
import { spread, table } from './table.ts';

/** The part of the report. */
export function latencyPart(rows: readonly LatencyRow[]): string[] {
  return [
    '## Latency',
    'Conversations that begin at a fixed rate, half of what eight clients get, each over new connections. A latency runs from when a conversation was due, so that a server that stalls is charged for all who wait meanwhile; it includes the load’s own delay, about a millisecond. Milliseconds, medians of the rounds. *Of idle* is the p99 as a multiple of the idle server’s right before.',
    table(
      [
        'server',
        'work',
        'while there is',
        'a second#',
        'p50#',
        'p99#',
        'quartiles#',
        'p99.9#',
        'of idle#',
        'quartiles#',
      ],
      rows.map(({ server, work, during, rate, p50, p99, p999, ofIdle }) => [
        server,
        work,
        during ?? 'nothing else',
        rate.toFixed(0),
        p50.median.toFixed(1),
        p99.median.toFixed(1),
        spread(p99, 1),
        p999.median.toFixed(1),
        ofIdle?.median.toFixed(1) ?? '',
        ofIdle ? spread(ofIdle, 1) : '',
      ]),
    ),
  ];
}
