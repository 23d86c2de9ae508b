/** Which deployment writes a log line. */
import * as settings from '../../../infra/settings.ts';
import { readSettings, type SettingsOf, type Variables } from '../../../infra/settings-reader.ts';

const table: SettingsOf<'telemetry'> = { stage: settings.stage, version: settings.version };

/** The stage, and the version of the code. Every line has both. */
export function deploymentOf(variables: Variables): { readonly stage: string; readonly version: string } {
  return readSettings('telemetry', table, variables);
}
