/** The results as Markdown: the targets first, then every part with what its numbers mean. */
import { billedPart } from './aws/cost-table.ts';
import type { CodecRow } from './codecs.ts';
import { dynamodbPart } from './dynamodb-report.ts';
import type { GrowthRow } from './growth.ts';
import { latencyPart } from './latency-report.ts';
import type { MemoryRow } from './memory.ts';
import type { RelayRow } from './relay.ts';
import type { Results } from './results.ts';
import { sizePart, startPart, workerStartPart } from './start-report.ts';
import { spread, table } from './table.ts';
import { startTricksPart, tricksPart } from './tricks-report.ts';
import { verdicts } from './verdict.ts';
import type { WorkRow } from './work.ts';

/** The whole report; `chart`: the picture's file beside it. */
export function report(results: Results, chart?: string): string {
  const {
    machine,
    rounds,
    skipped,
    work,
    latency,
    relay,
    codecs,
    tricks,
    starts,
    sizes,
    workerStart,
    startTricks,
    growth,
    memory,
    dynamodb,
    billed,
  } = results;
  const { cores, system, node, load, flushMs } = machine;
  const facts = `${cores} cores, ${system}, Node ${node}; at the start a load of ${load.toFixed(1)}, and ${flushMs.toFixed(2)} ms for a flush to the disk`;
  const parts = [
    '# What `npm run bench` found',
    `${facts}; medians of ${rounds} rounds, candidates in turn, and the quartiles between which half of the rounds lie: a target is met when the lower quartile meets it (the upper one, where less is better). Absolute numbers are this machine's: compare ratios.`,
    ...(chart ? [`![Shares of the floor](${chart})`] : []),
    ...skipped.map((what) => `Not measured here: ${what}.`),
    targetTable(results),
    ...(work ? workPart(work) : []),
    ...(latency ? latencyPart(latency) : []),
    ...(relay ? relayPart(relay) : []),
    ...(codecs ? codecPart(codecs) : []),
    ...(tricks ? tricksPart(tricks) : []),
    ...(starts ? startPart(starts) : []),
    ...(sizes ? sizePart(sizes) : []),
    ...(workerStart ? workerStartPart(workerStart) : []),
    ...(startTricks ? startTricksPart(startTricks) : []),
    ...(growth ? growthPart(growth) : []),
    ...(memory ? memoryPart(memory) : []),
    ...(dynamodb ? dynamodbPart(dynamodb) : []),
    ...(billed ? billedPart(billed) : []),
  ];
  return `${parts.join('\n\n')}\n`;
}

function targetTable(results: Results): string {
  const rows = verdicts(results).map(({ what, wanted, reached, met }) => [
    what,
    wanted,
    reached,
    met ? 'met' : '**missed**',
  ]);
  return rows.length === 0 ? 'No targets in these parts.' : table(['target', 'wanted', 'reached', ''], rows);
}

function workPart(rows: readonly WorkRow[]): string[] {
  return [
    '## Work',
    `Eight clients, each with one conversation after another, in a process of their own. ljgate is what \`npm start\` serves: the same options, SQLite on disk with every write flushed before it is acknowledged, bans on, a log line a request (to a file). The *floor* is a bare Hono server on the same runtime, which reads the same request and sends the same reply; a server's *share* is its conversations a second by the floor's requests a second, right beside it. Passwords never seen are a share of what argon2 alone does at the same parameters. *CPU share* is the same of processor time: the floor's for a request by the server's for a conversation. *Busy* is how many cores server and floor took: where the load kept the floor less than 0.9 busy, the floor could have done more, and the smaller of the two shares is what a target is held against.`,
    table(
      [
        'server',
        'work',
        'connections',
        'a second#',
        'floor#',
        'share#',
        'quartiles#',
        'CPU share#',
        'busy#',
        'floor busy#',
      ],
      rows.map(({ server, work, connections, rate, floor, share, cpuShare, busy, floorBusy }) => [
        server,
        work,
        connections,
        rate.toFixed(0),
        floor.toFixed(0),
        share.median.toFixed(2),
        spread(share, 2),
        cpuShare.median.toFixed(2),
        busy.toFixed(2),
        floorBusy.toFixed(2),
      ]),
    ),
  ];
}

function relayPart(rows: readonly RelayRow[]): string[] {
  return [
    '## Relayed calls',
    'A call of `syncitems` with a password that is remembered, by eight clients with a new connection for each call: made to the site itself, through nginx as a plain proxy, and through ljgate, which authenticates it and signs an assertion. All share the cores with the site and the load. Milliseconds are those of one client alone.',
    table(
      ['way', 'a second#', 'quartiles#', 'of nginx#', 'ms a call#', 'more than nginx#'],
      rows.map(({ way, rate, share, ms, more }) => [
        way,
        rate.median.toFixed(0),
        spread(rate, 0),
        share?.median.toFixed(2) ?? '',
        ms.median.toFixed(2),
        more?.median.toFixed(2) ?? '',
      ]),
    ),
  ];
}

function codecPart(rows: readonly CodecRow[]): string[] {
  return [
    '## Codecs alone',
    "ljgate's adapters read a call, hand it to a gateway that knows the answer, and write that: bytes in, text out. The others only read, and make nothing of it. Times a second of one core's time.",
    table(
      ['', 'does', 'bytes in#', 'out#', 'a second a core#', 'quartiles#', 'of sax#'],
      rows.map(({ codec, does, bytes, rate, ofSax }) => [
        codec,
        does,
        String(bytes[0]),
        bytes[1] === 0 ? '' : String(bytes[1]),
        rate.median.toFixed(0),
        spread(rate, 0),
        ofSax?.median.toFixed(2) ?? '',
      ]),
    ),
  ];
}

function growthPart(rows: readonly GrowthRow[]): string[] {
  const kinds = Map.groupBy(rows, ({ of }) => of);
  return [
    '## Growth',
    'SQLite on disk, without HTTP between; ms a call, the disk included. Sizes take turns, call by call. In brackets: as a multiple of the cost at the smallest size.',
    ...[...kinds].map(([of, ofKind]) => {
      const sizes = [...new Set(ofKind.map(({ size }) => size))];
      const calls = Map.groupBy(ofKind, ({ call }) => call);
      return table(
        [of, ...sizes.map((size) => `${size.toLocaleString('en')}#`)],
        [...calls].map(([call, cells]) => [
          call,
          ...cells.map(({ ms, ratio }) => `${ms.median.toFixed(2)} (${ratio.toFixed(1)})`),
        ]),
      );
    }),
  ];
}

function memoryPart(rows: readonly MemoryRow[]): string[] {
  return [
    '## Memory',
    'Resident memory of one server from its start on, in mebibytes. A wave is eight clients, with new connections.',
    table(
      ['', 'MiB#'],
      rows.map(({ when, mebibytes }) => [when, mebibytes.toFixed(0)]),
    ),
  ];
}
