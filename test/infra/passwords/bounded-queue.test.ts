import { expect, test } from 'vitest';
import { HasherBusy } from '../../../core/failures.ts';
import { boundedQueue } from '../../../infra/passwords/bounded-queue.ts';

test('work that waited too long is refused, not begun; what comes then is done', async () => {
  let now = 0;
  const queued = boundedQueue('hashes', { concurrency: 1, queue: 10, longestWait: 100, now: () => now });
  const [first, started] = [Promise.withResolvers<string>(), Promise.withResolvers<void>()];
  const begun: string[] = [];
  const work = (name: string) => async () => {
    begun.push(name);
    return name;
  };
  const slow = queued(() => {
    started.resolve();
    return first.promise;
  });
  await started.promise;
  const late = queued(work('late')).catch((error: unknown) => error);
  now = 50;
  const inTime = queued(work('in time'));
  now = 120;
  first.resolve('slow');
  expect(await slow).toBe('slow');
  expect(await late).toBeInstanceOf(HasherBusy);
  expect(await inTime).toBe('in time');
  expect(await queued(work('new'))).toBe('new');
  expect(begun).toEqual(['in time', 'new']);
});
