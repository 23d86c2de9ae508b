/** Writes each log line by itself, as soon as the one before it is written. */
import { pino as real } from 'pino';

export const pino = Object.assign((...input: Parameters<typeof real>) => real(...input), real, {
  destination: ({ dest, mode }: { readonly dest: string | number; readonly mode: number }) =>
    real.destination({ dest, mode, sync: false }),
});
