/** The settings of a stage, in `infra/stages/STAGE.yml`: names that serverless.yml does not read are refused. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as v from 'valibot';
import { parse } from 'yaml';

const settings = v.record(v.string(), v.string('must be a text: write it in quotes'));

/** The names that serverless.yml reads from a stage's file. */
export function settingNames(serverless: string): readonly string[] {
  return [...serverless.matchAll(/file\(infra\/stages\/\$\{sls:stage\}\.yml\):(\w+)/g)].map(
    ([, name = '']) => name,
  );
}

/**
 * What is wrong with the file of a stage, a sentence each; nothing where there is no file.
 * @param root the folder of serverless.yml
 */
export function stageFaults(root: string, stage: string): readonly string[] {
  const path = `infra/stages/${stage}.yml`;
  if (!existsSync(join(root, path))) return [];
  const known = settingNames(readFileSync(join(root, 'serverless.yml'), 'utf8'));
  const read = v.safeParse(settings, parse(readFileSync(join(root, path), 'utf8')) ?? {});
  if (!read.success) {
    return read.issues.map((issue) => `${path}: ${v.getDotPath(issue) ?? 'the file'} ${issue.message}`);
  }
  return Object.keys(read.output)
    .filter((name) => !known.includes(name))
    .map((name) => `${path}: ${name} is no setting. The settings are ${known.join(', ')}.`);
}
