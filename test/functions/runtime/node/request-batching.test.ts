/** Requests that come close together are answered together, and none waits for long. */
import { expect, test } from 'vitest';
import { requestBatches } from '../../../../functions/runtime/node/request-batching.ts';

const turn = () => new Promise((resolve) => setImmediate(resolve));

/** Joins, and notes when it is let go. */
function joining(join: () => Promise<void>) {
  const letGo: string[] = [];
  return { go: letGo, enter: (name: string) => void join().then(() => letGo.push(name)) };
}

test('those who join in one turn of the event loop, or with no more than one between, go on together', async () => {
  const { go, enter } = joining(requestBatches());
  for (const name of ['a', 'b', 'c', 'd']) {
    enter(name);
    expect(go).toEqual([]);
    await turn();
    await turn();
  }
  await turn();
  await turn();
  expect(go).toEqual(['a', 'b', 'c', 'd']);
});

test('one who comes alone waits for three turns', async () => {
  const { go, enter } = joining(requestBatches());
  enter('alone');
  await turn();
  await turn();
  await turn();
  await turn();
  expect(go).toEqual(['alone']);
});

test('who comes after is of the next batch', async () => {
  const join = requestBatches();
  const { go, enter } = joining(join);
  enter('first');
  await join();
  enter('second');
  expect(go).toEqual(['first']);
  await join();
  expect(go).toEqual(['first', 'second']);
});

test('a full batch waits for nobody', async () => {
  const { go, enter } = joining(requestBatches(3));
  for (const name of ['a', 'b', 'c']) {
    enter(name);
    await turn();
  }
  enter('d');
  await turn();
  expect(go).toEqual(['a', 'b', 'c']);
});
