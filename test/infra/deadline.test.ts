/** Work with a deadline. */
import { expect, test } from 'vitest';
import { withDeadline } from '../../infra/deadline.ts';

test('work that ends in time gives its result, and its signal stays as it was', async () => {
  const { promise, resolve } = Promise.withResolvers<AbortSignal>();
  expect(
    await withDeadline(60_000, async (signal) => {
      resolve(signal);
      return 'done';
    }),
  ).toBe('done');
  expect((await promise).aborted).toBe(false);
});

test('work that never ends is a TimeoutError, whether or not it looks at its signal, which is aborted', async () => {
  let seen: AbortSignal | undefined;
  const late = withDeadline(1, (signal) => {
    seen = signal;
    return new Promise(() => {});
  });
  await expect(late).rejects.toMatchObject({ name: 'TimeoutError', message: 'no answer within 1 ms' });
  expect(seen?.aborted).toBe(true);
});

test('work that fails rejects with its own error, and what it began is aborted', async () => {
  let seen: AbortSignal | undefined;
  const failed = withDeadline(60_000, async (signal) => {
    seen = signal;
    throw new Error('broken');
  });
  await expect(failed).rejects.toThrow('broken');
  expect(seen?.aborted).toBe(true);
});
