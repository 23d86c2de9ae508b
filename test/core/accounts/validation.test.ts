import * as v from 'valibot';
import { expect, test } from 'vitest';
import {
  faultsOf,
  fields,
  list,
  quoted,
  reasonOf,
  text,
  webUrl,
  whole,
  wrongPlaces,
} from '../../../core/accounts/validation.ts';

const schema = fields({
  name: text(5, 1),
  ages: list(fields({ 'a/b~c': whole(1, 9) }), 3),
  url: v.optional(webUrl),
});

function issuesOf(input: unknown) {
  const { issues } = v.safeParse(schema, input, { abortPipeEarly: true });
  if (!issues) throw new Error('nothing was wrong');
  return issues;
}

test('every fault is named by a JSON Pointer, with its rule', () => {
  const issues = issuesOf({ name: '', ages: [{ 'a/b~c': 1 }, { 'a/b~c': 0 }], colour: 1 });
  expect(faultsOf(issues)).toEqual([
    { field: '/name', rule: 'must not be empty' },
    { field: '/ages/1/a~1b~0c', rule: 'must be between 1 and 9, got 0' },
    { field: '/colour', rule: 'is not a known field' },
  ]);
  expect(faultsOf(issuesOf(7))).toEqual([{ field: '', rule: 'must be an object' }]);
  const [long] = faultsOf(issuesOf({ name: 'a', ages: [], ['x'.repeat(99)]: 1 }));
  expect(long?.field).toBe(`/${'x'.repeat(60)}`);
});

test('the reason is the first fault, with its path', () => {
  expect(reasonOf(issuesOf({ name: 'a', ages: [{ 'a/b~c': 0 }] }))).toBe(
    'ages[0]["a/b~c"]: must be between 1 and 9, got 0',
  );
  expect(reasonOf(issuesOf({ name: '', ages: [] }))).toBe('name: must not be empty');
  expect(reasonOf(issuesOf([]))).toMatch(/^must be an object|^name: /);
});

test('what is wrong in a stored record is told without its values, five members at the most', () => {
  const many = fields(Object.fromEntries(['a', 'b', 'c', 'd', 'e', 'f'].map((name) => [name, v.number()])));
  const { issues = [] } = v.safeParse(
    many,
    Object.fromEntries([...'abcdef'].map((name) => [name, 'secret'])),
  );
  expect(wrongPlaces(issues).message).toBe(
    'wrong: a (number), b (number), c (number), d (number), e (number)',
  );
  expect(wrongPlaces(issuesOf(7)).message).toBe('wrong: the whole (strict_object)');
});

test.each([
  [7, '7'],
  [Number.NaN, 'NaN'],
  ['a"b', '"a\\"b"'],
  [undefined, 'nothing'],
  ['x'.repeat(58), `"${'x'.repeat(58)}"`],
  ['x'.repeat(59), `"${'x'.repeat(59)}...`],
])('%j is quoted as %s', (value, shown) => {
  expect(quoted(value)).toBe(shown);
});

test.each(['xhttp://a.example', 'http://a.example/ b', 'ftp://a.example', 'http://', 'http://a b'])(
  '%s is no address for clients',
  (url) => {
    expect(v.is(webUrl, url)).toBe(false);
  },
);
