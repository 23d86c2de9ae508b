/** The site behind: it hangs, breaks off and lies, and notes each call that it sees. */
import type { Transport } from '../../infra/upstream/transport.ts';
import type { Dice } from './dice.ts';
import type { Life } from './process.ts';

/** Milliseconds after which a connection to a site that hangs breaks. */
const longest = 14_000;

/** The way to the site from a process. `seen`: called with the body of each call. */
export function wayToSite(
  life: Life,
  dice: Dice,
  seen: (body: string) => void,
  count: (event: string) => void,
): Transport {
  return async ({ body }) => {
    await life.sleep(1 + dice.below(20));
    seen(new TextDecoder().decode(body));
    const roll = dice.next();
    if (roll < 0.1) {
      count('the site hangs');
      await life.sleep(longest);
      throw new Error('the connection broke');
    }
    await life.sleep(1 + dice.below(200));
    if (roll < 0.2) {
      count('the site breaks off');
      throw Object.assign(new Error('read ECONNRESET'), { code: 'ECONNRESET' });
    }
    const lies = roll < 0.3;
    if (lies) count('the site lies');
    const text = lies ? 'success\nOK\nljsession\nws:someone:1:x\nsuccess\nFAIL\nerrmsg\n' : 'success\nOK\n';
    return {
      status: roll > 0.95 ? 500 : 200,
      header: (name) => (name === 'content-type' ? 'text/plain' : undefined),
      body: (async function* () {
        yield new TextEncoder().encode(text);
      })(),
      discard: () => undefined,
    };
  };
}
