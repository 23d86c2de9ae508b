/** Secrets that a test can find again, in whatever spelling they turn up. */
import { createHash } from 'node:crypto';

/** A secret to look for. */
export interface Mark {
  readonly name: string;
  readonly bytes: Buffer;
}

/** Marks a secret; text is taken as UTF-8. */
export function mark(name: string, secret: string | Uint8Array): Mark {
  return { name, bytes: Buffer.from(secret) };
}

/**
 * The ways in which logs, errors, databases and wires spell bytes, each as the Latin-1 text that its
 * bytes make: as they are, escaped for URLs, forms, JSON, XML and HTML, in base64 at any alignment, in
 * hex, as arrays of bytes, and as the MD5 that is as good as a password.
 */
function spellings({ bytes }: Mark): ReadonlySet<string> {
  const text = bytes.toString('utf8');
  const latin1 = (spelled: string) => Buffer.from(spelled, 'utf8').toString('latin1');
  const escaped = text.replace(/&/g, '&amp;').replace(/</g, '&lt;').replace(/>/g, '&gt;');
  const percent = encodeURIComponent(text);
  const md5 = createHash('md5').update(bytes).digest();
  const spelled = [
    text,
    percent,
    percent.toLowerCase(),
    new URLSearchParams({ x: text }).toString().slice(2),
    JSON.stringify(text).slice(1, -1),
    escaped,
    escaped.replace(/"/g, '&quot;').replace(/'/g, '&#39;'),
  ].map(latin1);
  for (const secret of [bytes, md5]) {
    const hex = secret.toString('hex');
    const start = [...secret.subarray(0, 12)].join(',');
    spelled.push(hex, hex.toUpperCase(), hex.slice(0, 32), start);
    for (const before of [0, 1, 2]) spelled.push(...inBase64(secret, before));
  }
  return new Set([bytes.toString('latin1'), ...spelled]);
}

/** What base64 makes of bytes that stand behind others, without the characters that those share. */
function inBase64(secret: Buffer, before: number): string[] {
  const all = Buffer.concat([Buffer.alloc(before), secret]);
  const whole = all.subarray(0, all.length - (all.length % 3)).toString('base64');
  const inner = whole.slice(Math.ceil((before * 8) / 6));
  return [inner, inner.replaceAll('+', '-').replaceAll('/', '_')];
}

/** Whether any spelling of a secret stands in these bytes, also over several lines. */
export function holds(bytes: Buffer, secret: Mark): boolean {
  const text = bytes.toString('latin1');
  // `util.inspect` pads and wraps; JSON writes its line ends as two characters.
  const closeUp = text.replace(/\s|\\n/g, '');
  return [...spellings(secret)].some((spelled) => text.includes(spelled) || closeUp.includes(spelled));
}

/** A session, a challenge, a password hash, a sealed digest, the MD5 of the demo's password. */
const shapes =
  /ws:\w{1,25}:\d+:[a-z2-7]{32}|\bc0:\d+:\w+:[a-z2-7]{20}:|\$argon2id\$|\bs1\.[a-z0-9]+\.[\w-]{20}|098f6bcd4621d373/;

/**
 * Watches what a process prints for anything that has the shape of a secret, whatever test started it.
 * `check` throws when there was any.
 */
export function watchForSecrets(): { see(line: string): void; check(): void } {
  const seen: string[] = [];
  return {
    see(line) {
      if (shapes.test(line)) seen.push(line);
    },
    check() {
      if (seen.length > 0) throw new Error(`a log holds what looks like a secret:\n${seen.join('\n')}`);
    },
  };
}
