/** A site's own moods and web menu, from a JSON file that its operator writes. */
import { readFileSync } from 'node:fs';
import { parseSite, type SiteData } from './site-data.ts';

/**
 * Reads a site file.
 * @throws {Error} saying which file, which place in it, and what it wants there
 */
export function readSiteFile(path: string): SiteData {
  const text = read(path);
  try {
    return parseSite(text);
  } catch (cause) {
    throw new Error(`site file ${path}: ${messageOf(cause)}`, { cause });
  }
}

function read(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (cause) {
    throw new Error(`site file ${path}: cannot be read: ${messageOf(cause)}`, { cause });
  }
}

function messageOf(cause: unknown): string {
  return cause instanceof Error ? cause.message : '';
}
