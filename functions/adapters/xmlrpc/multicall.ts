/** `system.multicall`: several calls in one request, each one on its own. */
import { accept, type Outcome, refuse } from '../../../core/refusal.ts';
import { textOf, type Value } from '../../../core/values.ts';
import type { MethodCall } from './call-document.ts';

const maxEntries = 16;

/**
 * Reads the entries of a multicall. What is wrong with one entry is refused in its place; the call
 * as a whole is refused (203) when it is no array, or has too many entries to answer.
 * @see PROTOCOL §8
 */
export function readMulticall(param: Value | undefined): Outcome<readonly Outcome<MethodCall>[]> {
  if (!isList(param)) return refuse(203);
  if (param.length > maxEntries) return refuse(203, `more than ${maxEntries} calls`);
  return accept(param.map(readEntry));
}

function readEntry(entry: Value): Outcome<MethodCall> {
  if (!(entry instanceof Map)) return refuse(203);
  const methodName = textOf(entry.get('methodName'))?.trim();
  const params = entry.get('params') ?? [];
  if (!methodName) return refuse(203, 'methodName');
  if (!isList(params)) return refuse(203, 'params');
  if (methodName === 'system.multicall') return refuse(203, 'system.multicall within itself');
  return accept({ methodName, params });
}

function isList(value: Value | undefined): value is readonly Value[] {
  return Array.isArray(value);
}
