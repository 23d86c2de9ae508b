/** The secrets of a stack, generated as `GenerateSecretString` says. */
import { randomInt } from 'node:crypto';
import * as v from 'valibot';
import type { ResolvedResource } from './resolve.ts';

const characters = {
  ExcludeUppercase: 'ABCDEFGHIJKLMNOPQRSTUVWXYZ',
  ExcludeLowercase: 'abcdefghijklmnopqrstuvwxyz',
  ExcludeNumbers: '0123456789',
  ExcludePunctuation: '!"#$%&\'()*+,-./:;<=>?@[\\]^_`{|}~',
} as const;

const secretProperties = v.looseObject({
  GenerateSecretString: v.strictObject({
    PasswordLength: v.optional(v.number(), 32),
    ExcludePunctuation: v.optional(v.boolean(), false),
    SecretStringTemplate: v.optional(v.string()),
    GenerateStringKey: v.optional(v.string()),
  }),
});

/** @throws {Error} for what Secrets Manager refuses */
export function generateSecret({ properties }: ResolvedResource): string {
  const { GenerateSecretString: asked } = v.parse(secretProperties, properties);
  const { PasswordLength, SecretStringTemplate, GenerateStringKey, ExcludePunctuation } = asked;
  const alphabet = Object.entries(characters)
    .filter(([name]) => !(name === 'ExcludePunctuation' && ExcludePunctuation))
    .map(([, some]) => some)
    .join('');
  const password = Array.from({ length: PasswordLength }, () => alphabet[randomInt(alphabet.length)]).join(
    '',
  );
  if (SecretStringTemplate === undefined && GenerateStringKey === undefined) return password;
  if (SecretStringTemplate === undefined || GenerateStringKey === undefined) {
    throw new Error('SecretStringTemplate and GenerateStringKey come together');
  }
  return JSON.stringify({ ...JSON.parse(SecretStringTemplate), [GenerateStringKey]: password });
}
