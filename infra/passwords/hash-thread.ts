/** What the threads of `hash-threads.ts` do. Each function blocks its thread until it is done. */
import { setPriority } from 'node:os';
import { hashSync, type Options, verifySync } from '@node-rs/argon2';

/** Nice value. On a busy core, hashing gets a seventieth of the event loop's processor time. */
const lower = 19;

// Linux alone has a priority for each thread; 0 means the calling one.
// See https://man7.org/linux/man-pages/man2/setpriority.2.html BUGS.
if (process.platform === 'linux') setPriority(0, lower);

/** argon2id with a fresh salt, as a PHC string. */
export function hash({ text, options }: { readonly text: string; readonly options: Options }): string {
  return hashSync(text, options);
}

/** A text, and the verifier to compare it with. */
interface Check {
  readonly text: string;
  readonly verifier: string;
}

/** Whether a text matches an argon2id verifier that was made with this secret. */
export function verify({ text, verifier, secret }: Check & { readonly secret: Uint8Array }): boolean {
  return verifySync(verifier, text, { secret });
}

/** Whether a text matches a bcrypt hash. @throws {Error} when the hash is malformed */
export async function compare({ text, verifier }: Check): Promise<boolean> {
  const { compareSync } = await import('bcryptjs');
  return compareSync(text, verifier);
}
