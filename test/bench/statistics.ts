/** Medians and quartiles: what a run of rounds comes to. */

/** What several rounds came to. */
export interface Summary {
  readonly median: number;
  /** The lower and the upper quartile: half of the rounds lie between them. */
  readonly low: number;
  readonly high: number;
}

/** Sums up rounds; NaN where there are none. */
export function summary(values: readonly number[]): Summary {
  const sorted = values.toSorted((a, b) => a - b);
  /** The value below which this part lies, between two neighbours by proportion. */
  const at = (part: number) => {
    const place = part * (sorted.length - 1);
    const below = sorted[Math.floor(place)] ?? Number.NaN;
    const above = sorted[Math.ceil(place)] ?? Number.NaN;
    return below + (above - below) * (place % 1);
  };
  return { median: at(0.5), low: at(0.25), high: at(0.75) };
}

/** The middle of several values. */
export function median(values: readonly number[]): number {
  return summary(values).median;
}
