/** The site behind, over Node's HTTP: for the server and for Lambda. */
import type { UpstreamPlatform } from '../../infra/upstream/open-upstream.ts';

/** Bytes that relayed calls may hold in a process. @see PROTOCOL §10 */
const bytes = 256 * 2 ** 20;

/** For a process that runs between requests. */
export async function nodeUpstream(): Promise<UpstreamPlatform> {
  const { nodeTransport } = await import('../../infra/upstream/node-transport.ts');
  return { transport: nodeTransport(), bytes, runsBetweenRequests: true };
}

/** For a function: it is frozen between events. */
export async function lambdaUpstream(): Promise<UpstreamPlatform> {
  return { ...(await nodeUpstream()), runsBetweenRequests: false };
}
