/** Requests to the site by Node's own HTTP client, for the server and the functions on Lambda. */
import { once } from 'node:events';
import type { AgentOptions, ClientRequest, IncomingMessage, RequestOptions } from 'node:http';
import type { Transport, TransportReply, TransportRequest } from './transport.ts';

/**
 * Milliseconds for which an unused connection is kept: less than servers keep theirs (Apache 5 s, nginx 75 s), so
 * that a request seldom meets one that the site is closing. `agentOptions` makes Node obey a shorter `Keep-Alive`.
 */
const idle = 4000;

/** Connections that are kept for the next request. */
const mostIdle = 32;

const agentOptions: AgentOptions = {
  keepAlive: true,
  timeout: idle,
  maxFreeSockets: mostIdle,
  scheduling: 'lifo',
};

type Send = (url: URL, options: RequestOptions) => ClientRequest;

/** Node's fetch costs three times as much a request, and follows its own rules for headers. */
export function nodeTransport(): Transport {
  const senders = new Map<string, Promise<Send>>();
  const senderOf = (protocol: string) => {
    const known = senders.get(protocol);
    if (known) return known;
    const sender = openSender(protocol);
    senders.set(protocol, sender);
    return sender;
  };
  return async (request) => send(await senderOf(request.url.protocol), request);
}

/** Loaded with the first call: a function that relays nothing starts without it. */
async function openSender(protocol: string): Promise<Send> {
  if (protocol === 'https:') {
    const { Agent, request } = await import('node:https');
    const agent = new Agent(agentOptions);
    return (url, options) => request(url, { ...options, agent });
  }
  const { Agent, request } = await import('node:http');
  const agent = new Agent(agentOptions);
  return (url, options) => request(url, { ...options, agent });
}

async function send(sender: Send, { url, headers, body, signal }: TransportRequest): Promise<TransportReply> {
  const outgoing = sender(url, { method: 'POST', headers: { ...headers }, signal });
  // Without a listener an error that comes after the reply's head would end the process.
  outgoing.on('error', () => {});
  outgoing.end(body);
  const [incoming]: [IncomingMessage] = await (once(outgoing, 'response') as Promise<[IncomingMessage]>);
  return {
    status: incoming.statusCode ?? 0,
    header(name) {
      const value = incoming.headers[name];
      return typeof value === 'string' ? value : value?.join(', ');
    },
    body: incoming,
    discard() {
      // Errors of a connection that nobody reads any more.
      incoming.on('error', () => {});
      incoming.destroy();
    },
  };
}
