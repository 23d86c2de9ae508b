/** A listener beside the server's own port: an address, or a Unix socket. */
import { chmodSync, rmSync, statSync } from 'node:fs';
import { connect } from 'node:net';
import type { OwnListener } from '../../infra/parse-address.ts';
import { type ListenOptions, type RunningServer, startServer } from '../runtime/node/server.ts';
import type { Handle } from '../wire/wire-request.ts';
import { listenError } from './listen-error.ts';

/** Starts to listen. @throws {Error} with the flag, the place and the system's reason */
export async function startListener(
  flag: '--api' | '--metrics',
  listener: OwnListener,
  options: ListenOptions,
  build: () => Handle,
): Promise<RunningServer> {
  switch (listener.kind) {
    case 'address':
      return startServer(build(), { ...options, ...listener }).catch(
        failed(flag, `${listener.host}:${listener.port}`),
      );
    case 'socket': {
      const { path } = listener;
      await removeStale(path);
      const server = await startServer(build(), { ...options, path }).catch(failed(flag, `unix:${path}`));
      // This keeps out users who have nothing to do here.
      chmodSync(path, 0o660);
      return server;
    }
  }
}

function failed(flag: '--api' | '--metrics', listener: string) {
  return (cause: Error): never => {
    throw listenError(flag, listener, cause);
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
