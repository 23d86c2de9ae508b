/** The variables of this process, as the doctor checks them. */
import * as settings from '../../infra/settings.ts';
import type { Setting } from '../../infra/settings-schema.ts';
import { refusePublicSuffix } from '../../infra/site/public-suffix.ts';
import { readSiteFile } from '../../infra/site/site-file.ts';
import { type Finding, failed, passed } from '../../infra/stores/finding.ts';
import { nearest } from './suggestion.ts';

const byVariable = new Map(Object.values<Setting>(settings).map((setting) => [setting.variable, setting]));

const known = [...byVariable.keys()].filter((variable) => variable.startsWith('LJGATE_'));

function ours(variables: NodeJS.ProcessEnv): readonly string[] {
  return Object.keys(variables).filter((name) => /^LJGATE_(?!TEST_)/.test(name));
}

/** A warning for each LJGATE_ variable that nothing reads. Not an error: a platform may set some of its own. */
export function misspelt(variables: NodeJS.ProcessEnv): readonly string[] {
  return ours(variables)
    .filter((name) => !byVariable.has(name))
    .map((name) => {
      const meant = nearest(name, known);
      return `${name} is no variable of ljgate${meant === undefined ? '' : `; did you mean ${meant}?`}`;
    });
}

/** Checks every LJGATE_ variable, also those that only a deployment sets, but not those of the tests. */
export function configuration(variables: NodeJS.ProcessEnv): readonly Finding[] {
  const names = ours(variables);
  const crosses = names.flatMap((name) => check(name, variables[name] ?? ''));
  if (crosses.length > 0) return crosses;
  const detail = names.length === 0 ? 'no variables set' : names.toSorted().join(', ');
  return [passed('configuration', detail)];
}

function check(name: string, text: string): readonly Finding[] {
  const what = `configuration: ${name}`;
  const setting = byVariable.get(name);
  if (!setting) {
    const meant = nearest(name, known);
    const remedy = meant === undefined ? `unset it; the variables are ${known.join(', ')}` : `use ${meant}`;
    return [failed(what, 'is no variable of ljgate', remedy)];
  }
  try {
    setting.parse(text);
    if (setting === settings.site) refusePublicSuffix(readSiteFile(text));
    return [];
  } catch (error) {
    const detail = error instanceof Error ? error.message : String(error);
    return [failed(what, detail, `set ${name} to what it wants, or unset it`)];
  }
}
