/** Requests to the site by `fetch`, for Workers. */
import type { Transport } from './transport.ts';

/** workerd sets `Content-Length` and `Host` itself. */
export const fetchTransport: Transport = async ({ url, headers, body, signal }) => {
  const { 'Content-Length': _, ...rest } = headers;
  const sent = new Uint8Array(body);
  const reply = await fetch(url, { method: 'POST', headers: rest, body: sent, signal, redirect: 'manual' });
  return {
    status: reply.status,
    header: (name) => reply.headers.get(name) ?? undefined,
    body: reply.body ?? new ReadableStream<Uint8Array>({ start: (controller) => controller.close() }),
    discard() {
      reply.body?.cancel().catch(() => {});
    },
  };
};
