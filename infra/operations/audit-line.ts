/** A change for the audit log: what was done, to which account; nothing secret. */

/** Members of an input that are not secret, after they passed the checks. */
const auditable = [
  ...['status', 'on', 'challenge', 'ids', 'all', 'name', 'key', 'scopes', 'address', 'userid'],
  ...['onConflict', 'dryRun', 'version', 'expiration', 'bound'],
];

/** The line's fields. Most members are shown only as present, and all of a change that failed. */
export function auditLine(
  change: string,
  input: Readonly<Record<string, unknown>>,
  outcome: 'done' | 'failed',
): Readonly<Record<string, unknown>> {
  const open = outcome === 'done' ? auditable : [];
  const shown = Object.entries(input).filter(([name]) => open.includes(name));
  const given = Object.keys(input).filter((name) => name !== 'username' && !open.includes(name));
  const on = input['username'] ?? null;
  return { audit: change, on, ...Object.fromEntries(shown), ...(given.length > 0 && { given }), outcome };
}
