/**
 * Takes the place of `request-context.ts` on Workers, which follow no request through its awaits without
 * a module of Node's. A request that has the isolate to itself is known; where two overlap nobody can
 * tell whose work is whose, so what belongs to either is spoilt.
 */
import type { RequestContext } from './request-context.ts';

export type { RequestContext };

/** Opens a context. `spoil` marks what can no longer be told. */
export function requestContext<T>(spoil: (own: T) => void): RequestContext<T> {
  const underWay = new Set<T>();
  return {
    async run(own, work) {
      underWay.add(own);
      if (underWay.size > 1) for (const each of underWay) spoil(each);
      try {
        return await work();
      } finally {
        underWay.delete(own);
      }
    },
    getStore() {
      const [only] = underWay;
      return underWay.size === 1 ? only : undefined;
    },
  };
}
