/** Where an operator says a secret is. */

/** A secret's place. */
export type SecretSpec =
  | { readonly kind: 'file'; readonly path: string }
  | { readonly kind: 'secretsmanager'; readonly id: string };

/**
 * Reads `secretsmanager:ARN-OR-NAME`, or the path of a file.
 * @throws {Error} that says what it wants
 */
export function parseSecretSpec(text: string): SecretSpec {
  const [, id] = /^secretsmanager:(.*)$/s.exec(text) ?? [];
  if (text === '' || id === '') throw new Error('wants secretsmanager:ARN, or the path of a file');
  return id === undefined ? { kind: 'file', path: text } : { kind: 'secretsmanager', id };
}

/**
 * Reads `secretsmanager:ARN-OR-NAME` alone; nothing counts as nothing.
 * @throws {Error} that says what it wants
 */
export function parseManagedSecret(text: string): string | undefined {
  if (text === '') return undefined;
  const spec = parseSecretSpec(text);
  if (spec.kind !== 'secretsmanager') throw new Error('wants secretsmanager:ARN');
  return spec.id;
}
