/** The bytes of an import: a file or standard input, looked at before anything is written. */
import { isEncrypted } from '../../infra/secrets/passphrase.ts';
import { begun, type InputFile, openInput } from './input-files.ts';
import { UsageError } from './usage-error.ts';

/** Characters that are looked at. */
const looked = 4096;

/** Opens a file, or standard input for `-`. @throws {UsageError} that says what to do with another kind of file */
export async function openImport(file: string): Promise<InputFile> {
  const input = await openInput(file, 'a file of JSON Lines, or - for standard input');
  const { head, all } = await begun(input.chunks, 1);
  if (isEncrypted(head)) {
    throw new UsageError(
      `${file} is encrypted: for an export with verifiers, add --with-verifiers; of a backup, make a store with restore`,
    );
  }
  requireLines(file, input.isCompressed, Buffer.from(head.subarray(0, looked)).toString('utf8'));
  return { ...input, chunks: all };
}

/** Says what to do where the first bytes are no line of JSON but another common form. */
function requireLines(file: string, isCompressed: boolean, head: string): void {
  const start = head.replace(/^\uFEFF/, '').trimStart();
  const [unpacked, from] = isCompressed ? [`gzip -dc <${file} | `, ''] : ['', file === '-' ? '' : ` ${file}`];
  const before = file === '-' ? '' : unpacked;
  if (start.startsWith('[')) {
    throw new UsageError(
      `${file} is one JSON array; make a line of each account: ${before}jq -c '.[]'${from} | npx ljgate import -`,
    );
  }
  const [line = ''] = start.split(/\r?\n/);
  if (/^"?username"?\s*[,;\t]/i.test(line) || /^[^{]*[,;\t]\s*"?username"?\s*([,;\t]|$)/i.test(line)) {
    throw new UsageError(
      `${file} is a table (CSV); make a JSON object of each row, for example with Miller: ` +
        `${before}mlr --icsv --ojsonl cat${from} | npx ljgate import -`,
    );
  }
}
