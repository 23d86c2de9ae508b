/** The current request, followed through every await: on Node and Lambda. */
import { AsyncLocalStorage } from 'node:async_hooks';

/** What belongs to the request that is being answered. */
export interface RequestContext<T> {
  /** Runs a request's work. */
  run<R>(own: T, work: () => Promise<R>): Promise<R>;
  /** The value of the current request; `undefined` outside of requests, or where the request is not known. */
  getStore(): T | undefined;
}

/** Opens a context. `_invalidate` is for runtimes that cannot tell overlapping requests apart. */
export function requestContext<T>(_invalidate: (own: T) => void): RequestContext<T> {
  return new AsyncLocalStorage<T>();
}
