/**
 * The open-loop load, a process of its own: conversations begin at a fixed rate, whatever the server does. A latency
 * runs from when its conversation was due, so that a server that stalls is charged for all who wait meanwhile
 * (coordinated omission).
 */
import { build } from 'hdr-histogram-js';
import { type Conversation, conversations, type Memory, type Work } from './conversations.ts';
import { openClient } from './socket.ts';

/** What to do. */
export interface Paced {
  readonly port: number;
  readonly work: Work;
  /** Conversations a second. */
  readonly rate: number;
  readonly ms: number;
  /** The first conversation's number. */
  readonly from: number;
}

/** What came of it: milliseconds. */
export interface Latency {
  readonly p50: number;
  readonly p99: number;
  readonly p999: number;
}

/** Sessions that were made beforehand, for work by cookie. */
const prepared = 16;

process.on('message', (paced: Paced) => {
  run(paced).then(
    (latency) => process.send?.(latency),
    (error: Error) => process.send?.(error),
  );
});

async function run({ port, work, rate, ms, from }: Paced): Promise<Latency> {
  const conversation: Conversation = conversations[work];
  const memories = await Promise.all(
    Array.from({ length: conversation.setup ? prepared : 1 }, (_, i) =>
      prepare(port, conversation, from + i),
    ),
  );
  const histogram = build({ lowestDiscernibleValue: 1, highestTrackableValue: 120e6 });
  const total = Math.max(1, Math.round((rate * ms) / 1000));
  const start = performance.now();
  const due = (n: number) => start + (n * 1000) / rate;
  const held: Promise<void>[] = [];
  while (held.length < total) {
    for (const now = performance.now(); held.length < total && due(held.length) <= now; ) {
      const number = held.length;
      const { reply = '', session = '' } = memories[number % memories.length] ?? {};
      const done = hold(
        port,
        conversation.steps,
        { reply, session, number: from + number },
        conversation.proof,
      );
      held.push(done.then(() => histogram.recordValue(Math.ceil((performance.now() - due(number)) * 1000))));
    }
    await new Promise((resolve) => setTimeout(resolve, 1));
  }
  await Promise.all(held);
  const at = (percentile: number) => histogram.getValueAtPercentile(percentile) / 1000;
  return { p50: at(50), p99: at(99), p999: at(99.9) };
}

async function prepare(port: number, { setup = [], proof }: Conversation, number: number): Promise<Memory> {
  const memory: Memory = { reply: '', session: '', number };
  await hold(port, setup, memory, proof);
  return memory;
}

async function hold(
  port: number,
  steps: Conversation['steps'],
  memory: Memory,
  proof: string,
): Promise<void> {
  const client = openClient(port, false);
  for (const step of steps) {
    memory.reply = await client.send(step(memory));
    if (!memory.reply.includes(proof)) throw new Error(`the server said: ${memory.reply}`);
  }
  client.close();
}
