/** Who is let through to the site behind. @see PROTOCOL §10 */
import { describe, expect, test } from 'vitest';
import { relayedMethod } from '../../../core/protocol/call.ts';

describe('the name of a method of the site behind', () => {
  test.each(['getevents', 'sync_items', 'a'.repeat(40)])('%s goes on', (name) => {
    expect(relayedMethod(name)).toBe(name);
  });

  test.each([
    ...['login', 'sessiongenerate', 'sessionexpire', 'getchallenge'],
    ...['Login', ' sessiongenerate', 'getevents2', 'get-events', 'a'.repeat(41), ''],
  ])('%j does not', (name) => {
    expect(relayedMethod(name)).toBeUndefined();
  });
});
