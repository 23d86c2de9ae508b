/** A reply of the site is checked before it is read. */
import { expect, test } from 'vitest';
import { byteBudget } from '../../../infra/upstream/byte-budget.ts';
import { BadReply, readReply } from '../../../infra/upstream/site-reply.ts';

const budget = byteBudget(2 ** 20);

function read(length: string) {
  const headers = new Map([
    ['content-type', 'text/plain'],
    ['content-length', length],
  ]);
  const reply = {
    status: 200,
    header: (name: string) => headers.get(name),
    body: new ReadableStream<Uint8Array>({
      start(controller) {
        controller.enqueue(Uint8Array.of(1));
        controller.close();
      },
    }),
    discard() {},
  };
  const signal = AbortSignal.timeout(1000);
  return readReply(reply, { wire: 'flat', largestReply: 100 }, budget, signal);
}

test.each(['1, 1', 'x', '', '-1', '1e1', '0x1'])(
  'a Content-Length that is no number, %j, is refused at once, and keeps nobody waiting',
  async (length) => {
    await expect(read(length)).rejects.toThrow(BadReply);
    const { body, reservation } = await read('1');
    expect(body).toEqual(Uint8Array.of(1));
    reservation.release();
  },
);
