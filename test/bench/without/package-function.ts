/** Writes one function's bundle: `package-function.ts NAME FOLDER`. */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { bundle } from '../../../infra/deploy/package/bundle.ts';

const [name, folder = ''] = process.argv.slice(2);
if (name !== 'flat' && name !== 'xmlrpc') throw new Error(`there is no bundle of ${name} here`);
for (const [file, bytes] of Object.entries((await bundle(name)).javascript)) {
  await writeFile(join(folder, file), bytes);
}
