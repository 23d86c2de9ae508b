/** Conversations of real clients, as they were recorded. */
import { test } from 'vitest';
import { conversations, replay } from './replay.ts';
import { describeServed } from './served.ts';

describeServed('recorded clients', (urlOf) => {
  for (const conversation of conversations) {
    const { client, password } = conversation;
    test(`${client} with ${password === 'right' ? 'the right' : 'a wrong'} password`, async () => {
      await replay(urlOf('/'), conversation);
    });
  }
});
