/** The listener of the interface for sites, where it has one of its own. */
import { chmodSync, rmSync, statSync } from 'node:fs';
import { connect } from 'node:net';
import type { ApiListener } from '../../infra/parse-address.ts';
import { type ListenOptions, type RunningServer, startServer } from '../runtime/node/server.ts';
import { apiPath } from '../wire/routes.ts';
import type { Handle } from '../wire/wire-request.ts';
import { listenError } from './listen-error.ts';

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
      return startServer(build(), { ...options, ...listener }).catch(
        failed(`${listener.host}:${listener.port}`),
      );
    case 'socket': {
      const { path } = listener;
      await removeStale(path);
      const server = await startServer(build(), { ...options, path }).catch(failed(`unix:${path}`));
      // Tokens are asked for all the same; this keeps out users who have nothing to do here.
      chmodSync(path, 0o660);
      return server;
    }
  }
}

function failed(listener: string) {
  return (cause: Error): never => {
    throw listenError('--api', listener, cause);
  };
}

/** A server that was killed leaves its socket behind, and nobody can listen there until it is removed. */
async function removeStale(path: string): Promise<void> {
  if (!statSync(path, { throwIfNoEntry: false })?.isSocket()) return;
  const isLive = await new Promise<boolean>((resolve) => {
    const socket = connect(path, () => resolve(true)).once('error', () => resolve(false));
    socket.once('connect', () => socket.destroy());
  });
  if (!isLive) rmSync(path);
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
