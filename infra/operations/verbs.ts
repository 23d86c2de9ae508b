/**
 * The verbs of the command line and of the admin function: what input each takes, what it does, and whether it
 * changes anything.
 */
import * as v from 'valibot';
import { fields, list, text, visibleName, wants, whole } from '../../core/accounts/validation.ts';
import { scopes } from '../../core/auth/token.ts';
import { diagnose } from './doctor.ts';
import { importEvent, importLines } from './import-event.ts';
import { secretStatus } from './secret-status.ts';
import { siteVerbs } from './site-verbs.ts';
import * as tokens from './token-operations.ts';
import { installationVerb, type Verb, verb } from './verb-definition.ts';

/** Every verb by its name. */
export const verbs = {
  ...siteVerbs,
  'tokens add': verb(
    fields({
      name: visibleName(100),
      scopes: v.pipe(
        list(v.picklist(scopes, wants(`one of ${scopes.join(', ')}`)), scopes.length),
        v.minLength(1, 'must not be empty'),
      ),
      expires: v.exactOptional(whole(1, 2 ** 40)),
    }),
    true,
    tokens.addToken,
  ),
  'tokens list': verb(fields({}), false, tokens.listTokens),
  'tokens revoke': verb(fields({ token: text(100, 1) }), true, (operator, input) =>
    tokens.revokeToken(operator, input.token),
  ),
  import: verb(importEvent, true, importLines),
  'tables check': installationVerb(fields({}), false, (operator) => operator.store.inspect()),
  doctor: installationVerb(fields({}), false, (operator) =>
    diagnose(operator, operator.source, operator.configuration, operator.checkSite),
  ),
  'secrets status': installationVerb(fields({}), false, (operator) =>
    secretStatus(operator, operator.source),
  ),
} satisfies Readonly<Record<string, Verb>>;

/** A verb's name. */
export type VerbName = keyof typeof verbs;

/** Recognises a verb. */
export function isVerb(name: string): name is VerbName {
  return Object.hasOwn(verbs, name);
}
