/** The numbers as tables in Markdown. */
import type { WorkRow } from './work.ts';

/** What was done, and whether the targets were met. */
export function workTable(rows: readonly WorkRow[]): string {
  const head = [
    'server',
    'work',
    'connections',
    'a second',
    'floor a second',
    'share',
    'spread',
    'CPU share',
    'cores busy, floor',
    'target',
  ];
  return table(
    head,
    rows.map(({ server, work, connections, rate, floor, share, cpuShare, busy, floorBusy, target }) => [
      server,
      work,
      connections,
      rate.toFixed(0),
      floor.toFixed(0),
      share.median.toFixed(3),
      `${share.least.toFixed(3)}–${share.most.toFixed(3)}`,
      cpuShare.toFixed(3),
      `${busy.toFixed(2)}, ${floorBusy.toFixed(2)}`,
      target === undefined ? '' : `${target.toFixed(2)} ${share.median >= target ? 'met' : 'missed'}`,
    ]),
  );
}

/** A table in Markdown, aligned for people who read it as it is; numbers to the right. */
function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const widths = head.map((name, i) =>
    Math.max(...[head, ...rows].map((row) => (row[i] ?? '').length), name.length),
  );
  const line = (row: readonly string[]) =>
    `| ${row.map((cell, i) => cell.padEnd(widths[i] ?? 0)).join(' | ')} |`;
  return [line(head), line(widths.map((width) => '-'.repeat(width))), ...rows.map(line)].join('\n');
}
