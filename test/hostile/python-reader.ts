/** The Python process that reads documents beside us: one for many documents. */
import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

/** A value as Python tells it: its type, and its text or its parts. */
export type Tagged =
  | readonly ['nil']
  | readonly ['string' | 'int' | 'double' | 'boolean' | 'base64' | 'date', string]
  | readonly ['array', readonly Tagged[]]
  | readonly ['struct', readonly (readonly [string, Tagged])[]];

/** What Python makes of a document. */
export interface Reading {
  readonly wellFormed: boolean;
  /** Absent: refused. */
  readonly name?: string | null;
  readonly params?: readonly Tagged[];
  readonly refused?: string;
}

/** Python, listening. */
export interface PythonReader {
  read(document: Uint8Array): Promise<Reading>;
  /** The document of a call, as `xmlrpc.client` sends it. */
  write(name: string, param: Tagged): Promise<string>;
  close(): void;
}

/** Starts Python. Questions are answered in their order. */
export function startPythonReader(): PythonReader {
  const program = fileURLToPath(new URL('python_reader.py', import.meta.url));
  const child = spawn('python3', [program], { stdio: ['pipe', 'pipe', 'inherit'] });
  const waiting: { resolve(line: string): void; reject(error: Error): void }[] = [];
  createInterface(child.stdout).on('line', (line) => waiting.shift()?.resolve(line));
  child.on('exit', () => {
    for (const { reject } of waiting.splice(0)) reject(new Error('python3 ended'));
  });
  const ask = (question: unknown) =>
    new Promise<string>((resolve, reject) => {
      waiting.push({ resolve, reject });
      child.stdin.write(`${JSON.stringify(question)}\n`);
    });
  return {
    read: async (document) => JSON.parse(await ask({ read: Buffer.from(document).toString('base64') })),
    write: async (name, param) => JSON.parse(await ask({ write: [name, param] })).document,
    close: () => child.stdin.end(),
  };
}
