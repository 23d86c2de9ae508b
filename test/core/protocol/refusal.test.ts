/** The texts of refusals, where they name what was wrong. @see PROTOCOL §6 */
import { expect, test } from 'vitest';
import { refusalText, refuse, unknownMethod } from '../../../core/protocol/refusal.ts';

test.each([
  ['postevent', 'postevent'],
  ['Ünknown\n\u0000name', '?nknown??name'],
  ['🐐', '?'],
  ['x'.repeat(101), 'x'.repeat(100)],
])('a method that is not known is named so far as it is printable: %j', (name, named) => {
  expect(refusalText(unknownMethod(name).refusal)).toBe(`Client error: Unknown method: ${named}`);
});

test('a refusal that names nothing ends with its text', () => {
  expect(refusalText(refuse(203).refusal)).toBe('Client error: Invalid argument(s)');
  expect(refusalText(refuse(203, 'ver').refusal)).toBe('Client error: Invalid argument(s): ver');
  expect(refusalText(refuse(101).refusal)).toBe('Invalid password');
  expect(refusalText(refuse(502).refusal)).toBe('Server error: Database temporarily unavailable');
});
