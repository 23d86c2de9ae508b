/** Checks of account lines, site files and requests, with reasons that say what to change. */
import * as v from 'valibot';
import { parseUsername } from './username.ts';

/** What is wrong with one member of an input. */
export interface Fault {
  /** JSON Pointer (RFC 6901); empty for the whole. */
  readonly field: string;
  readonly rule: string;
}

/** Every error, each member's first. */
export function faultsOf(issues: readonly v.BaseIssue<unknown>[]): Fault[] {
  return issues.map(({ path = [], message }) => ({
    field: path
      .map(({ key }) => `/${String(key).slice(0, 60).replaceAll('~', '~0').replaceAll('/', '~1')}`)
      .join(''),
    rule: message,
  }));
}

/** The first error, with its path: `friendgroups[0].id: must be between 1 and 30, got 77`. */
export function reasonOf(issues: readonly [v.BaseIssue<unknown>, ...v.BaseIssue<unknown>[]]): string {
  const [{ path = [], message }] = issues;
  const steps = path.map(({ key }) => {
    return typeof key === 'string' && /^\w{1,40}$/.test(key) ? `.${key}` : `[${quoted(key)}]`;
  });
  return steps.length > 0 ? `${steps.join('').replace(/^\./, '')}: ${message}` : message;
}

/**
 * Which members of a stored record are wrong, as the cause of an error that is logged. Their values are not
 * quoted, as valibot's own error would: they may be hashes or digests.
 */
export function wrongPlaces(issues: readonly v.BaseIssue<unknown>[]): Error {
  const members = issues.map((issue) => `${v.getDotPath(issue) ?? 'the whole'} (${issue.type})`);
  return new Error(`wrong: ${members.slice(0, 5).join(', ')}`);
}

/** A value as a reason quotes it, cut short. */
export function quoted(value: unknown): string {
  const text = typeof value === 'number' ? String(value) : inJson(value);
  return text.length > 60 ? `${text.slice(0, 60)}...` : text;
}

/** JSON can be read at any depth, and cannot be written at any. */
function inJson(value: unknown): string {
  try {
    return JSON.stringify(value) ?? 'nothing';
  } catch (error) {
    if (error instanceof RangeError) return 'something nested too deep';
    throw error;
  }
}

/** A reason that quotes what it got: for anything but secrets. */
export function wants(what: string) {
  return (issue: v.BaseIssue<unknown>): string => `must be ${what}, got ${quoted(issue.input)}`;
}

/**
 * An object of these fields and no others, so that a misspelt field is not silently dropped. Values are not
 * quoted: they may contain a secret.
 */
export function fields<const Entries extends v.ObjectEntries>(entries: Entries) {
  return v.strictObject(entries, ({ path, expected }) => {
    if (path === undefined) return 'must be an object';
    return expected === 'never' ? 'is not a known field' : 'is missing';
  });
}

/** What a parser makes of a value; refused where it makes nothing. */
export function parsedBy<Input, Output>(
  parse: (input: Input) => Output | undefined,
  message: v.ErrorMessage<v.RawTransformIssue<Input>>,
) {
  return v.rawTransform<Input, Output>(({ dataset, addIssue, NEVER }) => {
    const parsed = parse(dataset.value);
    if (parsed !== undefined) return parsed;
    addIssue({ message });
    return NEVER;
  });
}

/** An account's name, in any spelling that clients may use. */
export const anyUsername = v.pipe(
  v.string(wants('text')),
  parsedBy(parseUsername, wants('1 to 25 letters, digits, hyphens or underscores')),
);

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

/** A name that people see in lists: without characters that do not show, by which it could pass for another. */
export function visibleName(max: number) {
  return v.pipe(text(max, 1), v.regex(/^[^\p{C}\u2028\u2029]*$/u, 'must have printable characters only'));
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
