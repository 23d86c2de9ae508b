/** Which conditions of a template hold. Serverless has filled in the parameters, so each is settled. */

/** A template's `Conditions`. */
export type Conditions = Readonly<Record<string, unknown>>;

/**
 * Whether a condition holds.
 * @param textOf what a side of `Fn::Equals` comes to
 * @throws {Error} for a condition that is not there, and for a function that is none of a condition's
 */
export function holds(name: string, conditions: Conditions, textOf: (side: unknown) => string): boolean {
  const truth = (condition: unknown): boolean => {
    const [[called, of] = [], ...more] = Object.entries(Object(condition));
    const several: readonly unknown[] = Array.isArray(of) ? of : [];
    if (more.length > 0) throw new Error(`${name} is no condition: ${JSON.stringify(condition)}`);
    switch (called) {
      case 'Condition':
        return holds(String(of), conditions, textOf);
      case 'Fn::Not':
        return !several.some(truth);
      case 'Fn::And':
        return several.every(truth);
      case 'Fn::Or':
        return several.some(truth);
      case 'Fn::Equals': {
        const [left, right] = several.map(textOf);
        return left === right;
      }
      default:
        throw new Error(`${name} is no condition: ${JSON.stringify(condition)}`);
    }
  };
  if (!(name in conditions)) throw new Error(`there is no condition ${name}`);
  return truth(conditions[name]);
}
