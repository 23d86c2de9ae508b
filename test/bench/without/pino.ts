/** Writes each log line by itself, at once. */
import { pino as real } from 'pino';

export const pino = Object.assign((...input: Parameters<typeof real>) => real(...input), real, {
  destination: ({ dest, mode }: { readonly dest: string | number; readonly mode: number }) =>
    real.destination({ dest, mode, sync: true }),
});
