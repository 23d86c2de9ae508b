/** What a site behind may do in place of answering. */
import { gzipSync } from 'node:zlib';
import { type Misbehaviour, refusal, send, typeOf } from './upstream-site.ts';

const flat = typeOf('flat');

/** Keeps the request, and answers nothing. */
export const hang: Misbehaviour = () => {};

/** A reply of so many bytes, whole. */
export function large(bytes: number, wire: 'flat' | 'xmlrpc' = 'flat'): Misbehaviour {
  return (_, outgoing) => send(outgoing, typeOf(wire), Buffer.alloc(bytes, 'a'));
}

/** Refuses the credentials with which it was told who calls. */
export function refuseCredentials(wire: 'flat' | 'xmlrpc', code: number, text: string): Misbehaviour {
  return (_, outgoing) => send(outgoing, typeOf(wire), refusal(wire, code, text));
}

/** Replies that must not be handed on, by what is wrong with them; each is flat. */
export const badReplies: Readonly<Record<string, Misbehaviour>> = {
  'an HTTP error': (_, outgoing) => outgoing.writeHead(500, { 'Content-Type': flat }).end('success\nOK\n'),
  'a redirect': (_, outgoing) =>
    outgoing.writeHead(302, { Location: 'https://elsewhere.example.com/', 'Content-Type': flat }).end(),
  'a page': (_, outgoing) => outgoing.writeHead(200, { 'Content-Type': 'text/html' }).end('<p>Hello'),
  'no type': (_, outgoing) => outgoing.writeHead(200).end('success\nOK\n'),
  'a compressed reply': (_, outgoing) =>
    outgoing
      .writeHead(200, { 'Content-Type': flat, 'Content-Encoding': 'gzip' })
      .end(gzipSync('success\nOK\n')),
  'a reply cut short': (_, outgoing) => {
    outgoing.writeHead(200, { 'Content-Type': flat, 'Content-Length': 1000 });
    outgoing.write('success\nOK\n');
    setImmediate(() => outgoing.destroy());
  },
  'a chunked reply cut short': (_, outgoing) => {
    outgoing.writeHead(200, { 'Content-Type': flat });
    outgoing.write('success\nOK\n');
    setImmediate(() => outgoing.destroy());
  },
  'a reply of more than 8 MiB': large(8 * 2 ** 20 + 1),
  'a chunked reply of more than 8 MiB': (_, outgoing) => {
    outgoing.writeHead(200, { 'Content-Type': flat });
    for (let i = 0; i < 9; i++) outgoing.write(Buffer.alloc(2 ** 20, 'a'));
    outgoing.end();
  },
  'a reset before the reply': (incoming) => incoming.socket.resetAndDestroy(),
  'no HTTP': (incoming) => {
    incoming.socket.end('SSH-2.0-OpenSSH_9.2\r\n');
  },
};
