import { expect, test } from 'vitest';
import { parseManagedSecret, parseSecretSpec } from '../../../infra/secrets/spec.ts';

test('a secret is a file, or one of Secrets Manager', () => {
  expect(parseSecretSpec('data/root.json')).toEqual({ kind: 'file', path: 'data/root.json' });
  expect(parseSecretSpec('secretsmanager:arn:aws:x')).toEqual({ kind: 'secretsmanager', id: 'arn:aws:x' });
});

test.each(['', 'secretsmanager:'])('%j is neither', (text) => {
  expect(() => parseSecretSpec(text)).toThrow('wants secretsmanager:ARN, or the path of a file');
});

test('what only Secrets Manager may hold is read from there, or left out', () => {
  expect(parseManagedSecret('secretsmanager:x')).toBe('x');
  expect(parseManagedSecret('')).toBeUndefined();
  expect(() => parseManagedSecret('file.json')).toThrow('wants secretsmanager:ARN');
});
