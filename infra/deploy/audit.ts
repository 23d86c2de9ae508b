/**
 * Asks the registry whether what runs in production, installed or in a bundle, has known vulnerabilities. One that it
 * names is a failure. A registry that cannot be asked is none, but a warning, so that nobody takes it for a good result.
 */
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import * as v from 'valibot';

/** `unasked`: the registry could not be asked. `broken`: npm could not make an audit of this tree. */
export type Verdict = 'clean' | 'vulnerable' | 'unasked' | 'broken';

/** The outcome of an audit, and what to print about it. */
export interface AuditOutcome {
  readonly verdict: Verdict;
  readonly text: string;
}

/** `via` has the advisories, and the names of vulnerable packages further down. */
const vulnerability = v.object({
  severity: v.string(),
  via: v.array(v.union([v.string(), v.object({ title: v.string(), url: v.string() })])),
});

const report = v.object({
  auditReportVersion: v.number(),
  vulnerabilities: v.record(v.string(), vulnerability),
});

/** Whether the network failed or the registry refused: npm's message names the address that it asked. */
const unasked = v.object({ message: v.pipe(v.string(), v.regex(/https?:\S+\/security\//)) });

const broken = v.object({ error: v.object({ summary: v.string() }) });

/** Packages for development that functions and Workers have in their bundles. */
const bundled = [
  ...['@aws-lambda-powertools/logger', '@aws-lambda-powertools/metrics'],
  ...['@aws-sdk/credential-provider-env', 'argon2id'],
];

const names = v.optional(v.record(v.string(), v.string()), {});
const lockFile = v.object({
  packages: v.record(v.string(), v.object({ dependencies: names, optionalDependencies: names })),
});

/** Every package that runs in production, by its name: those of `package.json`, the bundled ones, and what they need. */
export function shipped(lock: unknown): ReadonlySet<string> {
  const { packages } = v.parse(lockFile, lock);
  const needed = new Map<string, string[]>();
  for (const [path, { dependencies, optionalDependencies }] of Object.entries(packages)) {
    const name = path.replace(/^.*node_modules\//, '');
    const more = Object.keys({ ...dependencies, ...optionalDependencies });
    needed.set(name, [...(needed.get(name) ?? []), ...more]);
  }
  const found = new Set<string>(bundled);
  // A set also visits what is added while it is walked.
  for (const name of needed.get('') ?? []) found.add(name);
  for (const name of found) for (const next of needed.get(name) ?? []) found.add(next);
  return found;
}

/** Reads what `npm audit --json` printed about these packages. */
export function readAudit(printed: string, packages: ReadonlySet<string>): AuditOutcome {
  const json = parsed(printed);
  if (v.is(report, json)) {
    const found = Object.entries(json.vulnerabilities).filter(([name]) => packages.has(name));
    const lines = found.map(([name, { severity, via }]) => {
      const reasons = via.map((reason) =>
        typeof reason === 'string' ? `by ${reason}` : `${reason.title} ${reason.url}`,
      );
      return `  ${name} (${severity}): ${reasons.join(', ')}`;
    });
    return found.length === 0
      ? { verdict: 'clean', text: 'no known vulnerabilities' }
      : { verdict: 'vulnerable', text: `known vulnerabilities:\n${lines.join('\n')}` };
  }
  if (v.is(unasked, json)) {
    return { verdict: 'unasked', text: `NOT AUDITED, the registry could not be asked: ${json.message}` };
  }
  const summary = v.is(broken, json) ? json.error.summary : printed.slice(0, 500);
  return { verdict: 'broken', text: `npm could not audit: ${summary}` };
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

if (import.meta.main) {
  const npm = process.env['npm_execpath'];
  const args = ['audit', '--json'];
  const [command, rest] = npm ? [process.execPath, [npm, ...args]] : ['npm', args];
  const { stdout } = spawnSync(command, rest, {
    encoding: 'utf8',
    maxBuffer: 64 * 1024 * 1024,
    shell: !npm && process.platform === 'win32',
  });
  const lock: unknown = JSON.parse(readFileSync(new URL('../../package-lock.json', import.meta.url), 'utf8'));
  const { verdict, text } = readAudit(stdout ?? '', shipped(lock));
  console.error(`audit: ${text}`);
  // GitHub's runners show such a line beside the log; elsewhere it is a line like others.
  if (verdict === 'unasked') console.error('::warning::dependencies were not audited');
  process.exitCode = verdict === 'clean' || verdict === 'unasked' ? 0 : 1;
}
