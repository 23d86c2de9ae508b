/** Medians and spreads: what a run of rounds comes to. */

/** What several rounds came to. */
export interface Summary {
  readonly median: number;
  readonly least: number;
  readonly most: number;
}

/** Sums up rounds; NaN where there are none. */
export function summary(values: readonly number[]): Summary {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = (sorted.length - 1) / 2;
  const at = (index: number) => sorted[index] ?? Number.NaN;
  return {
    median: (at(Math.floor(middle)) + at(Math.ceil(middle))) / 2,
    least: at(0),
    most: at(sorted.length - 1),
  };
}

/** The middle of several values. */
export function median(values: readonly number[]): number {
  return summary(values).median;
}
