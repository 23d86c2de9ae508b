/** Python's own XML-RPC parser, timed by Python. */
import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const program = fileURLToPath(new URL('loads.py', import.meta.url));

/** Gives a function that reads a document again and again for some ms: times a second of processor time. */
export async function pythonLoads(document: string): Promise<(ms: number) => Promise<number>> {
  const run = (ms: number) =>
    new Promise<number>((resolve, reject) => {
      const child = execFile('python3', [program, String(ms / 1000)], (error, stdout) => {
        if (error) reject(error);
        else resolve(Number(stdout));
      });
      child.stdin?.on('error', () => {}).end(document);
    });
  await run(1);
  return run;
}
