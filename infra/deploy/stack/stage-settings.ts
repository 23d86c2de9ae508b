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

/** What a stage's file has; nothing where there is no file. */
function fileOf(root: string, stage: string): unknown {
  const file = join(root, 'infra/stages', `${stage}.yml`);
  return existsSync(file) ? (parse(readFileSync(file, 'utf8')) ?? {}) : {};
}

/**
 * What is wrong with the file of a stage, a sentence each; nothing where there is no file.
 * @param root the folder of serverless.yml
 */
export function stageFaults(root: string, stage: string): readonly string[] {
  const path = `infra/stages/${stage}.yml`;
  const known = settingNames(readFileSync(join(root, 'serverless.yml'), 'utf8'));
  const read = v.safeParse(settings, fileOf(root, stage));
  if (!read.success) {
    return read.issues.map((issue) => `${path}: ${v.getDotPath(issue) ?? 'the file'} ${issue.message}`);
  }
  return Object.keys(read.output)
    .filter((name) => !known.includes(name))
    .map((name) => `${path}: ${name} is no setting. The settings are ${known.join(', ')}.`);
}

/** Whether a stage keeps its tables, its root secret and its audit logs when it is removed. */
export function keepsData(root: string, stage: string): boolean {
  const read = v.safeParse(settings, fileOf(root, stage));
  return read.success && (read.output['onRemove'] ?? 'Delete') !== 'Delete';
}
