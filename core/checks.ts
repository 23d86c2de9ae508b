/** Checks of what people write, account lines and site files, with reasons they can act on. */
import * as v from 'valibot';

/** The first thing wrong, with its place: `friendgroups[0].id: must be between 1 and 30, got 77`. */
export function reasonOf(issues: readonly [v.BaseIssue<unknown>, ...v.BaseIssue<unknown>[]]): string {
  const [{ path = [], message }] = issues;
  const place = path.map(({ key }) => {
    return typeof key === 'string' && /^\w{1,40}$/.test(key) ? `.${key}` : `[${quoted(key)}]`;
  });
  return place.length > 0 ? `${place.join('').replace(/^\./, '')}: ${message}` : message;
}

/**
 * Which places of a stored record are wrong, as the cause of an error that is logged. What stands there
 * is not quoted: valibot's own error would, and it may be a hash or a digest.
 */
export function wrongPlaces(issues: readonly v.BaseIssue<unknown>[]): Error {
  const places = issues.map((issue) => `${v.getDotPath(issue) ?? 'the whole'} (${issue.type})`);
  return new Error(`wrong: ${places.slice(0, 5).join(', ')}`);
}

/** A value as a reason quotes it, cut short. */
export function quoted(value: unknown): string {
  const text = typeof value === 'number' ? String(value) : (JSON.stringify(value) ?? 'nothing');
  return text.length > 60 ? `${text.slice(0, 60)}...` : text;
}

/** A reason that quotes what it got: for anything but secrets. */
export function wants(what: string) {
  return (issue: v.BaseIssue<unknown>): string => `must be ${what}, got ${quoted(issue.input)}`;
}

/**
 * An object of these fields and no others, so that a misspelt field is not silently dropped. What
 * stands in its place is not quoted: it may hold a secret.
 */
export function fields<const Entries extends v.ObjectEntries>(entries: Entries) {
  return v.strictObject(entries, ({ path, expected }) => {
    if (path === undefined) return 'must be an object';
    return expected === 'never' ? 'is not a known field' : 'is missing';
  });
}

/** A list of at most `max`. */
export function list<const Item extends v.GenericSchema>(item: Item, max: number) {
  return v.pipe(v.array(item, 'must be a list'), v.maxLength(max, `must hold at most ${max}`));
}

/** Refuses a list in which two items are the same by this measure. */
export function distinct<Item>(what: string, measure: (item: Item) => string | number) {
  const repeated = (items: readonly Item[]) =>
    items.map(measure).find((value, i, values) => values.indexOf(value) < i);
  return v.check<Item[], (issue: v.CheckIssue<Item[]>) => string>(
    (items) => repeated(items) === undefined,
    (issue) => `two have the ${what} ${quoted(repeated(issue.input))}`,
  );
}

/** Text of at most `max` characters; `min` 1 refuses the empty one. */
export function text(max: number, min: 0 | 1 = 0) {
  return v.pipe(
    v.string(wants('text')),
    v.minLength(min, 'must not be empty'),
    v.maxLength(max, `must be at most ${max} characters long`),
  );
}

/** A whole number in a range. */
export function whole(min: number, max: number) {
  const range = wants(`between ${min} and ${max}`);
  return v.pipe(
    v.number(wants('a whole number')),
    v.integer(wants('a whole number')),
    v.minValue(min, range),
    v.maxValue(max, range),
  );
}

/** True or false. */
export const truth = v.boolean(wants('true or false'));

/** The largest number that XML-RPC's `<int>` can carry. */
export const maxInt = 2 ** 31 - 1;

/** An address that clients may open: `http` or `https`. */
export const webUrl = v.pipe(
  text(1000),
  v.check((url) => /^https?:\/\/\S+$/i.test(url) && URL.canParse(url), wants('an http or https URL')),
);
