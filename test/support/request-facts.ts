/** What an endpoint is told about a request, where a test does not care. */
import type { EndpointReply, RequestFacts } from '../../functions/wire/endpoint.ts';

export const requestFacts: RequestFacts = {
  scheme: 'https',
  request: 'request-1',
  largestReply: Number.POSITIVE_INFINITY,
};

/** The body of a reply that the gateway wrote itself. */
export function textIn({ body }: Pick<EndpointReply, 'body'>): string {
  if (typeof body !== 'string') throw new Error('the reply is the site’s');
  return body;
}
