/** A question on the terminal. Where nobody can answer, the answer is no. */
import { createInterface } from 'node:readline/promises';

/** Whether somebody types y or yes. */
export async function agreed(question: string): Promise<boolean> {
  if (!process.stdin.isTTY) return false;
  const terminal = createInterface({ input: process.stdin, output: process.stderr });
  const answer = await terminal.question(`${question} [y/N] `);
  terminal.close();
  return /^y(es)?$/i.test(answer.trim());
}
