import { expect, test } from 'vitest';
import { parseManagedSecret, parseSecretUri } from '../../../infra/secrets/secret-uri.ts';

test('a secret is a file, or one of Secrets Manager', () => {
  expect(parseSecretUri('data/root.json')).toEqual({ kind: 'file', path: 'data/root.json' });
  expect(parseSecretUri('secretsmanager:arn:aws:x')).toEqual({ kind: 'secretsmanager', id: 'arn:aws:x' });
});

test.each(['', 'secretsmanager:'])('%j is neither', (text) => {
  expect(() => parseSecretUri(text)).toThrow('wants secretsmanager:ARN, or the path of a file');
});

test('what only Secrets Manager may hold is read from there', () => {
  expect(parseManagedSecret('secretsmanager:x')).toBe('x');
  expect(() => parseManagedSecret('file.json')).toThrow('wants secretsmanager:ARN');
});
