/** The Node server: the corpus over bare sockets, and conversations that no HTTP client would have. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Ljgate, startLjgate } from '../support/server.ts';
import { tally } from '../support/tally.ts';
import { type Conversed, converse } from './conversation.ts';
import { type Conversation, readConversations } from './corpus.ts';
import { describeHostile } from './corpus-suite.ts';
import { expectWellFormed } from './expected-reply.ts';
import { socketTransport } from './transports.ts';

let server: Ljgate;
/** Those that wait for one of the server's time-outs: they begin first, and wait beside all others. */
let slow: ReadonlyMap<string, readonly Promise<Conversed>[]>;
beforeAll(async () => {
  server = await startLjgate('--demo', '--store', 'memory', '--login-ban', 'off');
  const waiting = conversations.filter(({ name }) => /\/(?:slow|idle)/.test(name));
  slow = new Map(waiting.map((each) => [each.name, begin(each)]));
});
afterAll(async () => {
  // None of them was an error of ours, and every line of the log is one.
  expect(server.log.filter(({ level }) => level === 'ERROR')).toEqual([]);
  expect(server.log.length).toBeGreaterThan(100);
  expect(server.process.exitCode).toBeNull();
  await server.stop();
});

const conversations = readConversations();

function begin({ expected, sent }: Conversation): Promise<Conversed>[] {
  const { statuses, connection } = wants(expected);
  return sent().map((text) => converse(server.url, text, statuses.length, connection));
}

describeHostile('the Node server', () => socketTransport(server.url));

/** `Then` here: the statuses of the replies in their order, and whether the connection lives on. */
function wants(expected: string) {
  const items = expected.split(',').map((item) => item.trim());
  const connection = items.find((item) => item === 'open' || item === 'closed');
  const statuses = items
    .filter((item) => /^\d/.test(item))
    .flatMap((item) => {
      const [status = '', count = 'x1'] = item.split(' ');
      return Array.from({ length: Number(count.slice(1)) }, () => Number(status));
    });
  return { statuses, connection } as { statuses: number[]; connection: 'open' | 'closed' | undefined };
}

describe('conversations with the Node server', () => {
  test.for(conversations)('$name: $why', async (conversation, { task }) => {
    const { statuses, connection } = wants(conversation.expected);
    for (const [i, talk] of (slow.get(conversation.name) ?? begin(conversation)).entries()) {
      const { replies, rest, ...seen } = await talk;
      const got = { statuses: replies.map(({ status }) => status), connection: seen.connection, rest };
      expect(got, conversation.sent()[i]?.slice(0, 300)).toEqual({ statuses, connection, rest: '' });
      for (const reply of replies) if (reply.status === 200) expectWellFormed(reply);
      tally(task, 'hostile inputs', 1);
    }
  });
});
