/** The load, a process of its own: eight clients that hold one conversation after another. */
import { type Conversation, conversations, type Memory, type Request, type Work } from './conversations.ts';
import { type Client, openClient } from './socket.ts';

/** What to do. */
export interface Wave {
  readonly port: number;
  readonly keepAlive: boolean;
  readonly clients: number;
  /** A conversation by its name, or one request again and again. */
  readonly talk: Work | { readonly request: Request; readonly proof: string };
  /** Until this many ms have passed, or this many conversations are over. */
  readonly until: { readonly ms: number } | { readonly conversations: number };
  /** The first conversation's number. */
  readonly from: number;
}

/** What came of it. */
export interface Tide {
  readonly conversations: number;
  readonly ms: number;
  /** The last request and its reply, for the floor to be given the same. */
  readonly last: { readonly request: Request; readonly reply: string };
}

process.on('message', (wave: Wave) => {
  run(wave).then(
    (tide) => process.send?.(tide),
    (error: Error) => process.send?.(error),
  );
});

async function run({ port, keepAlive, clients, talk, until, from }: Wave): Promise<Tide> {
  const talking = conversationOf(talk);
  const crew = await Promise.all(
    Array.from({ length: clients }, async () => {
      const client = openClient(port, keepAlive);
      const memory: Memory = { reply: '', session: '', number: from };
      for (const step of talking.setup ?? []) await exchange(client, step(memory), memory, talking.proof);
      return { client, memory };
    }),
  );
  let begun = 0;
  let last: Tide['last'] = { request: { path: '', body: '' }, reply: '' };
  const start = performance.now();
  const more = () => ('ms' in until ? performance.now() - start < until.ms : begun < until.conversations);
  await Promise.all(
    crew.map(async ({ client, memory: { reply, session } }) => {
      const memory = { reply, session, number: 0 };
      while (more()) {
        memory.number = from + begun++;
        for (const step of talking.steps) {
          const request = step(memory);
          await exchange(client, request, memory, talking.proof);
          last = { request, reply: memory.reply };
        }
      }
    }),
  );
  const ms = performance.now() - start;
  for (const { client } of crew) client.close();
  return { conversations: begun, ms, last };
}

function conversationOf(talk: Wave['talk']): Conversation {
  if (typeof talk === 'string') return conversations[talk];
  return { steps: [() => talk.request], proof: talk.proof };
}

async function exchange(client: Client, request: Request, memory: Memory, proof: string): Promise<void> {
  memory.reply = await client.send(request);
  if (!memory.reply.includes(proof)) throw new Error(`the server said: ${memory.reply}`);
}
