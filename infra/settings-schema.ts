/** What the table of settings says about each. */

/** Who reads settings. */
export type Reader =
  /** `ljgate serve`. */
  | 'serve'
  /** Every other command of `ljgate` that uses a store. */
  | 'command'
  /** The commands on bans. */
  | 'bans'
  /** `ljgate doctor`. */
  | 'doctor'
  /** The functions flat, xmlrpc and web. */
  | 'function'
  /** The function web, for its pages. */
  | 'web'
  | 'authorizer'
  | 'admin'
  /** The log and the metrics of these functions. */
  | 'telemetry'
  | 'worker'
  /** The Worker's pages. */
  | 'workerPages'
  /** The Worker's interface for sites. */
  | 'workerApi'
  /** The function api. */
  | 'functionApi'
  /** The Worker's connection to DynamoDB, where it has its data there. */
  | 'workerDynamodb'
  /** `npm run worker`. */
  | 'workerDev';

/** What its reader gets for a setting that is not set: an error, its default, or `undefined`. */
export type WhenUnset = 'required' | 'default' | 'optional';

type ReadBy<When extends WhenUnset> = { readonly [R in Reader]?: When };

interface Described {
  readonly variable: string;
  /** @throws {Error} whose message goes on after the flag or variable: `wants …` */
  readonly parse: (text: string) => unknown;
  /** One line for `--help`. */
  readonly help: string;
  /** The words that it takes, for completion, where there are no others. */
  readonly choices?: readonly string[];
  /** For `--help` and the guide: what holds where there is no default to name. */
  readonly unset?: string;
  /** The value of the flag alone, where the flag needs none. */
  readonly preset?: string;
  /** The parameter of a deployment that sets the variable: serverless.yml. */
  readonly parameter?: string;
  /** No error quotes its value. */
  readonly confidential?: true;
}

/** A flag as commander writes it; what it is called must be the setting's own name. */
type Flagged =
  | { readonly flag: `--${string}` }
  | {
      readonly flag?: never;
      readonly readBy: {
        readonly serve?: never;
        readonly command?: never;
        readonly doctor?: never;
        readonly bans?: never;
      };
    };

/** A default as text, for the parser. */
type Defaulted =
  | { readonly default: string; readonly readBy: ReadBy<WhenUnset> }
  | { readonly default?: never; readonly readBy: ReadBy<'required' | 'optional'> };

/** A setting. */
export type Setting = Described & Flagged & Defaulted;
