/** Which request the code is working for, followed through every await: on Node and Lambda. */
import { AsyncLocalStorage } from 'node:async_hooks';

/** What belongs to the request that is being answered. */
export interface RequestContext<T> {
  /** Runs a request's work. */
  run<R>(own: T, work: () => Promise<R>): Promise<R>;
  /** The own thing of the request that asks; `undefined` outside of requests, or where nobody can tell. */
  getStore(): T | undefined;
}

/** Opens a context. `_spoil` is for runtimes that lose sight of whose work it is. */
export function requestContext<T>(_spoil: (own: T) => void): RequestContext<T> {
  return new AsyncLocalStorage<T>();
}
