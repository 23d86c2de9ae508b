/** Identity policies as IAM reads them: what a role's statements allow, and who may take the role on. */
import * as v from 'valibot';
import type { ResolvedResource } from './resolve.ts';

const some = v.union([
  v.pipe(
    v.string(),
    v.transform((one) => [one]),
  ),
  v.array(v.string()),
]);

const document = <Entries extends v.ObjectEntries>(entries: Entries) =>
  v.object({
    Version: v.literal('2012-10-17'),
    Statement: v.array(v.strictObject({ Effect: v.picklist(['Allow', 'Deny']), Action: some, ...entries })),
  });

const roleProperties = v.looseObject({
  AssumeRolePolicyDocument: document({ Principal: v.strictObject({ Service: some }) }),
  Policies: v.array(v.strictObject({ PolicyName: v.string(), PolicyDocument: document({ Resource: some }) })),
});

/** Whether a role allows an action on a resource. */
export type Allows = (action: string, resource: string) => boolean;

/**
 * The permissions of a function's role.
 * @throws {Error} when Lambda may not take it on: then CloudFormation cannot make the function
 */
export function permissionsOf(role: ResolvedResource): Allows {
  const { AssumeRolePolicyDocument, Policies } = v.parse(roleProperties, role.properties);
  const trusted = AssumeRolePolicyDocument.Statement.some(
    ({ Effect, Action, Principal }) =>
      Effect === 'Allow' &&
      Action.includes('sts:AssumeRole') &&
      Principal.Service.includes('lambda.amazonaws.com'),
  );
  if (!trusted) throw new Error('The role defined for the function cannot be assumed by Lambda.');
  const statements = Policies.flatMap(({ PolicyDocument }) => PolicyDocument.Statement);
  return (action, resource) => {
    const matching = statements.filter(
      ({ Action, Resource }) =>
        Action.some((one) => matches(one.toLowerCase(), action.toLowerCase())) &&
        Resource.some((one) => matches(one, resource)),
    );
    return matching.length > 0 && matching.every(({ Effect }) => Effect === 'Allow');
  };
}

/** Whether a pattern with `*` and `?` matches a text. */
export function matches(pattern: string, text: string): boolean {
  const source = escaped(pattern).replaceAll('\\*', '.*').replaceAll('\\?', '.');
  return new RegExp(`^${source}$`, 's').test(text);
}

/** A text as the source of an expression that matches it. */
export function escaped(text: string): string {
  return text.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&');
}
