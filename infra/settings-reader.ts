/** Reads settings from variables; the types say which ones a reader has to read, and what it gets. */
import type * as settings from './settings.ts';
import type { Reader, Setting, WhenUnset } from './settings-schema.ts';

/** Variables, as `process.env` and a Worker's environment have them; a Worker's may be other than text. */
export type Variables = Readonly<Record<string, unknown>>;

type Table = typeof settings;

type NamesOf<R extends Reader, When extends WhenUnset = WhenUnset> = {
  [N in keyof Table]: Table[N] extends { readonly readBy: { readonly [K in R]: When } } ? N : never;
}[keyof Table];

type Value<N extends keyof Table> = ReturnType<Table[N]['parse']>;

/** The settings that a reader reads. */
export type SettingsOf<R extends Reader> = Pick<Table, NamesOf<R>>;

/** What a reader gets. */
export type ValuesOf<R extends Reader> = {
  readonly [N in NamesOf<R, 'required' | 'default'>]: Value<N>;
} & { readonly [N in NamesOf<R, 'optional'>]?: Value<N> };

/** A setting that is missing or wrong: the message is for the operator alone. */
export class WrongSetting extends Error {
  override name = 'WrongSetting';
}

/**
 * Reads the settings of a reader.
 * @throws {WrongSetting} naming the variable that is wrong, what it wants, and what it got unless that is confidential
 */
export function readSettings<R extends Reader>(
  reader: R,
  table: SettingsOf<R>,
  variables: Variables,
): ValuesOf<R> {
  const values = Object.entries<Setting>(table).flatMap(([name, setting]) => {
    const value = readSetting(setting, setting.readBy[reader], variables[setting.variable]);
    return value === undefined ? [] : [[name, value]];
  });
  return Object.fromEntries(values);
}

function readSetting(setting: Setting, whenUnset: WhenUnset | undefined, raw: unknown): unknown {
  const { variable, parse, confidential } = setting;
  if (whenUnset === 'required' && (raw === undefined || raw === '')) {
    throw new WrongSetting(`${variable} is not set`);
  }
  const value = raw ?? (whenUnset === 'default' ? setting.default : undefined);
  // A deployment sets every variable: to nothing where there is no value.
  if (value === undefined || (value === '' && whenUnset === 'optional')) return undefined;
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  try {
    return parse(text);
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    const got = confidential ? '' : `; got ${JSON.stringify(text)}`;
    throw new WrongSetting(`${variable} ${reason}${got}`, { cause });
  }
}
