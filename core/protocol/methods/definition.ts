/** What a method consists of: the arguments that it reads, its description, and its code. */
import type { Account } from '../../accounts/account.ts';
import type { SecretUsed } from '../../auth/verification.ts';
import type { Ports } from '../../ports.ts';
import type { Session } from '../../sessions/session.ts';
import type { SessionId } from '../../sessions/session-string.ts';
import type { Context } from '../context.ts';
import type { Settings } from '../gateway-settings.ts';
import type { Refusal, RefusalCode } from '../refusal.ts';
import type { SiteLogins } from '../site-login.ts';
import type { Value } from '../values.ts';

/** What every argument has. */
interface ArgumentText {
  /** What it means, in a few words, where the name does not say it. */
  readonly help?: string;
  /** Present: an older name of that argument, read but not advertised. */
  readonly olderNameOf?: string;
  /** Says who calls. A value of a wrong form is not 203: authentication refuses it. */
  readonly credential?: true;
}

/**
 * An argument that a method reads. All are scalars but `list`, of at most 1,000 items: in XML-RPC an array or
 * a lone scalar, in the flat form fields `NAME_id_ITEM` that are true. `choice`: one of these values, each with its
 * meaning.
 */
export type Argument =
  | (ArgumentText & { readonly kind: 'text' | 'number' | 'boolean' | 'list' })
  | (ArgumentText & { readonly kind: 'choice'; readonly choices: Readonly<Record<string, string>> });

/** Arguments by name, in the order in which they are checked and listed. */
export type ArgumentTable = Readonly<Record<string, Argument>>;

/** A call's arguments, restricted to those that the method declares. */
export interface DeclaredArguments<Name extends string> {
  get(name: Name): Value | undefined;
}

/** What a method is run with. */
export interface Invocation<Name extends string = string> {
  readonly ports: Ports;
  readonly settings: Settings;
  /** Present where the site behind completes the result of login. */
  readonly siteLogins?: SiteLogins | undefined;
  readonly args: DeclaredArguments<Name>;
  readonly context: Context;
}

/** What a method for an account is run with, after the credentials were verified. */
export interface AccountInvocation<Name extends string = string> extends Invocation<Name> {
  readonly account: Account;
  /** What let the caller in. */
  readonly used: SecretUsed;
  /** Those of the sessions that the method asked for which have not ended. */
  readonly sessions: ReadonlyMap<SessionId, Session>;
}

/** An XML-RPC signature: the type of the result, then those of the parameters. */
type Signature = readonly ['struct', ...'struct'[]];

interface Description<Arguments extends ArgumentTable> {
  /** Its own arguments. */
  readonly arguments: Arguments;
  /** Every argument that it reads: for an account also those that say who calls, and `ver`. */
  readonly reads: ReadonlyMap<string, Argument>;
  /** One or two sentences: what it does. */
  readonly help: string;
  /** What each member of the result is, by its name in XML-RPC. */
  readonly result: Readonly<Record<string, string>>;
  /** Refusals that few other methods have. */
  readonly refusals?: readonly RefusalCode[];
  /** Arguments of a call that can be tried on the account `test` of a demo server. */
  readonly example: Readonly<Record<string, string>>;
  readonly signatures: readonly Signature[];
}

/** A method that needs no account. */
export interface OpenDefinition<Result, Arguments extends ArgumentTable = ArgumentTable>
  extends Description<Arguments> {
  readonly account: 'none';
  run(invocation: Invocation<keyof Arguments & string>): Promise<Result>;
}

/** A method that acts for an account. */
export interface AccountDefinition<Result, Arguments extends ArgumentTable = ArgumentTable>
  extends Description<Arguments> {
  readonly account: 'required';
  /** Whether locked and suspended accounts may call it. @see PROTOCOL §3 */
  readonly whenLocked: 'allowed' | 'refused';
  /** Whether calls count towards `Settings.sessionRate`, and are refused past it. */
  readonly makesSession?: boolean;
  /** Why the call is refused to a caller with the right credentials, beside what the status forbids. */
  refusal?(invocation: Pick<Invocation<keyof Arguments & string>, 'args' | 'context'>): Refusal | undefined;
  /** The sessions that `run` needs: they are read together with the account. `now`: Unix seconds. */
  sessions?(args: DeclaredArguments<keyof Arguments & string>, now: number): readonly SessionId[];
  run(invocation: AccountInvocation<keyof Arguments & string>): Promise<Result>;
}

/** @see PROTOCOL §2 */
const accountArguments: ArgumentTable = {
  username: { kind: 'text', credential: true, help: 'name of the account' },
  auth_method: { kind: 'text', credential: true, help: 'clear (default), challenge or cookie' },
  password: { kind: 'text', credential: true, help: 'clear: the password, or a client key' },
  hpassword: { kind: 'text', credential: true, help: 'clear: md5_hex(password), in its place' },
  auth_challenge: { kind: 'text', credential: true, help: 'challenge: what getchallenge gave' },
  auth_response: {
    kind: 'text',
    credential: true,
    help: 'challenge: md5_hex(challenge + md5_hex(password))',
  },
  ver: { kind: 'number', help: 'version of the protocol: 0 (default) or 1, for text in UTF-8' },
  version: { kind: 'number', olderNameOf: 'ver' },
};

/** Defines a method that needs no account; `run` can read only the arguments that are declared. */
export function openMethod<Result, const Arguments extends ArgumentTable>(
  definition: Omit<OpenDefinition<Result, Arguments>, 'account' | 'reads'>,
): OpenDefinition<Result, Arguments> {
  return { ...definition, account: 'none', reads: new Map(Object.entries(definition.arguments)) };
}

/** Defines a method that acts for an account; `run` can read only the arguments that are declared. */
export function accountMethod<Result, const Arguments extends ArgumentTable>(
  definition: Omit<AccountDefinition<Result, Arguments>, 'account' | 'reads'>,
): AccountDefinition<Result, Arguments> {
  const reads = new Map(Object.entries({ ...accountArguments, ...definition.arguments }));
  return { ...definition, account: 'required', reads };
}
