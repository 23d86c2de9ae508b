/** The secret that `--secret` or a variable names. */

/** Which secret, and where it is. */
export type SecretUri =
  | { readonly kind: 'file'; readonly path: string }
  | { readonly kind: 'secretsmanager'; readonly id: string };

/**
 * Reads `secretsmanager:ARN-OR-NAME`, or the path of a file.
 * @throws {Error} that says what it wants
 */
export function parseSecretUri(text: string): SecretUri {
  const [, id] = /^secretsmanager:(.*)$/s.exec(text) ?? [];
  if (text === '' || id === '') throw new Error('wants secretsmanager:ARN, or the path of a file');
  return id === undefined ? { kind: 'file', path: text } : { kind: 'secretsmanager', id };
}

/**
 * Reads `secretsmanager:ARN-OR-NAME`; `undefined` for an empty text.
 * @throws {Error} that says what it wants
 */
export function parseManagedSecret(text: string): string {
  const uri = parseSecretUri(text);
  if (uri.kind !== 'secretsmanager') throw new Error('wants secretsmanager:ARN');
  return uri.id;
}
