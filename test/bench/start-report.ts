/** The parts of the report on starts: of packaged functions, and of the Worker. */
import type { SizeRow, StartRow } from './start.ts';
import { spread, table } from './table.ts';
import { mostWorkerStart } from './targets.ts';
import type { WorkerStart } from './worker-start.ts';

export function startPart(rows: readonly StartRow[]): string[] {
  return [
    '## Start',
    "From the start of the process to the first answer of a packaged Lambda function, under AWS's own runtime client, beside a function that only says hello.",
    table(
      ['function', 'ms#', 'quartiles#', 'of hello#'],
      rows.map(({ name, ms, ofHello }) => [
        name,
        ms.median.toFixed(0),
        spread(ms, 0),
        ofHello.median.toFixed(2),
      ]),
    ),
  ];
}

export function sizePart(rows: readonly SizeRow[]): string[] {
  const kilobytes = (bytes: number) => (bytes === 0 ? '' : String(Math.round(bytes / 1000)));
  return [
    'Sizes in thousands of bytes:',
    table(
      ['function', 'processor', 'zip#', 'JavaScript#', 'native#'],
      rows.map((row) => [
        row.name,
        row.architecture,
        ...[row.zip, row.javascript, row.native].map(kilobytes),
      ]),
    ),
  ];
}

export function workerStartPart({ ms }: WorkerStart): string[] {
  return [
    `The Worker, bundled and profiled in workerd by \`wrangler check startup\`, takes ${ms.median.toFixed(0)} ms of processor time (${spread(ms, 0)}) to read and run its modules. Cloudflare takes none that needs more than ${mostWorkerStart} ms on its own machines.`,
  ];
}
