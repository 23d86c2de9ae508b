/** What signals do to a server: SIGTERM and SIGINT end it in order, SIGHUP has it open its files again. */

/** What a process does at a signal. */
export interface SignalActions {
  /** Ends in order. Called once. */
  readonly end: (signal: 'SIGTERM' | 'SIGINT') => void;
  /** Opens log and secret again: they were moved, or replaced. */
  readonly reopen: () => void;
}

/**
 * Milliseconds for which further signals are taken for the first one: at Ctrl-C a terminal signals every process of the
 * group, and npm passes the signal on to those that have it already.
 */
const same = 1000;

/** Follows the signals. One more after the first that ends the server ends the process at once, with exit code 1. */
export function onSignals({ end, reopen }: SignalActions): void {
  let since: number | undefined;
  const onEnd = (signal: 'SIGTERM' | 'SIGINT') => {
    if (since === undefined) {
      since = performance.now();
      end(signal);
    } else if (performance.now() - since > same) {
      process.exit(1);
    }
  };
  process.on('SIGTERM', onEnd);
  process.on('SIGINT', onEnd);
  process.on('SIGHUP', reopen);
}
