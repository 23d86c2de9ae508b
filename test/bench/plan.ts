/** How much is measured in this run, and whom to tell how it goes. */

/** A run's plan. */
export interface Plan {
  readonly quick: boolean;
  /** Rounds that count; medians are taken over them. */
  readonly rounds: number;
  /** How long a wave of load lasts, in ms. */
  readonly waveMs: number;
  /** How long a codec is measured at a time, in ms. */
  readonly codecMs: number;
  /** Passwords that are checked in a wave of never seen ones. */
  readonly passwords: number;
  /** Whether other people's servers are measured too. */
  readonly peers: boolean;
  /** Whether a kind of work is to be done. */
  wants(work: string): boolean;
  /** Tells what is being done. */
  say(what: string): void;
  /** Tells what cannot be measured here, and why. */
  skip(what: string): void;
}
