/** The listener of the interface for sites, where it has one of its own. */
import type { ApiListener } from '../../infra/parse-address.ts';
import type { ListenOptions, RunningServer } from '../runtime/node/server.ts';
import { apiPath } from '../wire/routes.ts';
import type { Handle } from '../wire/wire-request.ts';
import { startListener } from './own-listener.ts';

/** Starts to listen; `undefined` where the interface has no listener of its own. @throws {Error} */
export async function startApi(
  listener: ApiListener,
  options: ListenOptions,
  build: () => Handle,
): Promise<RunningServer | undefined> {
  switch (listener.kind) {
    case 'off':
    case 'same':
      return undefined;
    case 'address':
    case 'socket':
      return startListener('--api', listener, options, build);
  }
}

/** Where a site's own code asks; `undefined` where it cannot. */
export function apiUrl(
  listener: ApiListener,
  server: RunningServer,
  own: RunningServer | undefined,
): string | undefined {
  if (listener.kind === 'off') return undefined;
  return listener.kind === 'same' ? `${server.url}${apiPath}` : `${own?.url}${apiPath}`;
}
