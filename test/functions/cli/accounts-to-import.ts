/** Accounts in JSON Lines, as a site that moves here exports them. */
import { createHash } from 'node:crypto';

/** A password's MD5 in hex. */
export const md5 = (text: string) => createHash('md5').update(text).digest('hex');

/** As many lines: of every `share` accounts one has a password, whose argon2 is what an import costs. */
export function accountLines(count: number, share: number): string {
  return Array.from({ length: count }, (_, i) => line(i + 1, share)).join('');
}

function line(i: number, share: number): string {
  const profile = {
    username: `user_${i}`,
    userid: i,
    fullname: `User №${i}`,
    friendgroups: [{ id: 1, name: 'Family', sortorder: 10, public: i % 2 === 0 }],
    usejournals: ['news'],
  };
  const challenge = i % (3 * share) !== 0;
  const password = i % share === 0 ? { passwordMd5: md5(`pw ${i}`), challenge } : {};
  return `${JSON.stringify({ ...profile, ...password })}\n`;
}
