/** What a million calls cost, as tables: for the bench's report, and for the guide. */
import type { Billed } from '../billed.ts';
import { spread, table } from '../table.ts';
import { billedMs, functionTime, memory, millionCalls } from './cost.ts';
import { pricesDate, pricesRegion } from './prices.ts';

const dollars = (amount: number) => amount.toFixed(2);

/** The part of the bench's report. */
export function billedPart({ delay, calls, start }: Billed): string[] {
  const row = (
    call: string,
    counts: readonly string[],
    measured: Billed['start'],
    costs: readonly string[],
  ) => [
    call,
    ...counts,
    measured.ms.median.toFixed(1),
    spread(measured.ms, 1),
    measured.cpu.toFixed(1),
    String(billedMs(measured)),
    ...costs,
  ];
  return [
    '## A million calls on AWS',
    `Each kind on the packaged functions under AWS's own runtime client, one call after another, by the flat wire, against DynamoDB Local with ${delay} ms added to each request. Here a function has a whole core, on Lambda with ${memory} MB 0.58 of one: *billed* adds what the processor time takes longer there. Dollars at the list prices of ${pricesRegion}, noted on ${pricesDate}: the call through the HTTP API, its function, its rows, its log.`,
    table(
      [
        'call',
        'requests#',
        'rows read#',
        'written#',
        'ms#',
        'quartiles#',
        'CPU ms#',
        'billed#',
        'log bytes#',
        'a million#',
      ],
      [
        ...calls.map((one) =>
          row(one.call, [one.requests, one.rowsRead, one.rowsWritten].map(String), one, [
            String(one.logBytes),
            dollars(millionCalls(one).together),
          ]),
        ),
        row('start of a function, on top', ['', '', ''], start, ['', dollars(functionTime(start))]),
      ],
    ),
  ];
}

/** The guide's table. */
export function costTable({ calls, start }: Billed): string {
  return table(
    [
      'call',
      'rows read#',
      'written#',
      'ms billed#',
      'HTTP API#',
      'function#',
      'DynamoDB#',
      'log#',
      'together#',
    ],
    [
      ...calls.map((one) => {
        const { api, function: running, tables, log, together } = millionCalls(one);
        const costs = [api, running, tables, log, together].map(dollars);
        return [one.call, String(one.rowsRead), String(one.rowsWritten), String(billedMs(one)), ...costs];
      }),
      [
        'start of a function, on top',
        '',
        '',
        String(billedMs(start)),
        '',
        dollars(functionTime(start)),
        '',
        '',
        dollars(functionTime(start)),
      ],
    ],
  );
}
