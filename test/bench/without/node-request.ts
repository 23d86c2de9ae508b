/** Sends text as bytes, which Node writes apart from the head. */
import { send as real } from '../../../functions/runtime/node/node-request.ts';

export { NodeRequest } from '../../../functions/runtime/node/node-request.ts';

export const send: typeof real = (incoming, outgoing, response, writeTimeout) => {
  const { body } = response;
  const bytes = typeof body === 'string' ? Buffer.from(body) : body;
  return real(incoming, outgoing, { ...response, body: bytes }, writeTimeout);
};
