/**
 * Replaces `request-context.ts` on Workers, where nothing but a module of Node's follows a request through its
 * awaits. A request that is alone in the isolate is known. Where requests overlap, the work of one cannot be told
 * from that of another, so the values of all of them are invalidated.
 */
import type { RequestContext } from './request-context.ts';

export type { RequestContext };

/** Opens a context. `invalidate` marks a value that is no longer reliable. */
export function requestContext<T>(invalidate: (own: T) => void): RequestContext<T> {
  const underWay = new Set<T>();
  return {
    async run(own, work) {
      underWay.add(own);
      if (underWay.size > 1) for (const each of underWay) invalidate(each);
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
