/** How hard a test tries: the short form in `npm test`, the long one behind `npm run test:long`. */

/** Whether this is the long run. */
export const long = process.env['LJGATE_TEST_LONG'] === 'true';

/** How often to try in this run. */
export function times(short: number, inLongRun: number): number {
  return long ? inLongRun : short;
}
