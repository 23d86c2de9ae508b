/** The part of the report on what each trick of the server buys. */
import type { StartTrickRow } from './start-tricks.ts';
import { spread, table } from './table.ts';
import type { TrickRow } from './tricks.ts';

export function tricksPart(rows: readonly TrickRow[]): string[] {
  return [
    '## What each trick buys',
    "ljgate as `npm start` serves it, beside the same with one module replaced by a plain one of the bench's, wave after wave in turn. *Gain* is its conversations a second as a multiple of those without the trick; *CPU gain* is how many times as much processor time a conversation takes without it. A trick that buys less than 5 % of something that people feel is to go.",
    table(
      [
        'trick',
        'work',
        'connections',
        'clients#',
        'with#',
        'without#',
        'gain#',
        'quartiles#',
        'CPU gain#',
        'quartiles#',
      ],
      rows.map(({ trick, work, connections, clients, withIt, without, gain, cpuGain }) => [
        trick,
        work,
        connections,
        String(clients),
        withIt.median.toFixed(0),
        without.median.toFixed(0),
        gain.median.toFixed(2),
        spread(gain, 2),
        cpuGain.median.toFixed(2),
        spread(cpuGain, 2),
      ]),
    ),
  ];
}

export function startTricksPart(rows: readonly StartTrickRow[]): string[] {
  return [
    "## What each trick of a function's start buys",
    'The packaged function `xmlrpc`, and the same packaged without one trick, in turn: milliseconds from the start of the process to the answer of its first call. *Gain* is the time without the trick as a multiple of that with it.',
    table(
      ['trick', 'first call', 'ms#', 'ms without#', 'gain#', 'quartiles#'],
      rows.map(({ trick, call, withIt, without, gain }) => [
        trick,
        call,
        withIt.median.toFixed(1),
        without.median.toFixed(1),
        gain.median.toFixed(3),
        spread(gain, 3),
      ]),
    ),
  ];
}
