/** The hostile inputs against the Worker as it is deployed, in the real workerd, over bare sockets. */
import { afterAll } from 'vitest';
import { exchange } from '../support/socket.ts';
import { startWorker } from '../support/worker.ts';
import type { RunningWorker } from '../support/wrangler.ts';
import { describeHostile } from './corpus-suite.ts';
import { socketTransport } from './transports.ts';

let worker: RunningWorker | undefined;
afterAll(() => worker?.stop());

/** Bytes of a body that is announced alone. */
const large = 1_000_000;

/**
 * One difference is intended: workerd closes on a body that it refused unread, where the Node server reads on
 * for a while. Cloudflare's edge takes such a body off the client; here it is announced and not sent.
 */
describeHostile('the Worker', async () => {
  worker = await startWorker({ variables: { LJGATE_LOGIN_BAN: 'off' } });
  const { url } = worker;
  const whole = socketTransport(url);
  return (request) => {
    const { verb, path, body } = request;
    if (body.length < large) return whole(request);
    const lines = [`${verb} ${path} HTTP/1.1`, 'Host: localhost', `Content-Length: ${body.length}`];
    return exchange(url, `${lines.join('\r\n')}\r\n\r\n`);
  };
});
