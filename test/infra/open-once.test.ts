/** What is opened once, however many ask, and anew where that failed. */
import { expect, test } from 'vitest';
import { openOnce } from '../../infra/open-once.ts';

test('several who ask at once, or later, get what was opened once', async () => {
  let opened = 0;
  const open = openOnce(async (name: string) => `${name} ${++opened}`);
  expect(await Promise.all([open('a'), open('b')])).toEqual(['a 1', 'a 1']);
  expect(await open('c')).toBe('a 1');
});

test('what fails to open fails for all who wait, and is opened anew for the next', async () => {
  const outcomes = [new Error('away'), new Error('still away'), 'open'];
  const open = openOnce(async () => {
    const outcome = outcomes.shift();
    if (outcome instanceof Error) throw outcome;
    return outcome;
  });
  const both = await Promise.allSettled([open(), open()]);
  expect(both.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
  await expect(open()).rejects.toThrow('still away');
  expect([await open(), await open()]).toEqual(['open', 'open']);
});
