/** `npm run package`, the first half: builds `dist/` and prints how large it is; exit code 1 over budget. */
import { fileURLToPath } from 'node:url';
import { packageAll } from './package.ts';
import { budget } from './packaged-functions.ts';
import { overBudget, sizeReport } from './report.ts';

const packages = await packageAll(fileURLToPath(new URL('../../../dist', import.meta.url)));
console.log(sizeReport(packages));
const heavy = overBudget(packages, budget);
for (const complaint of heavy) console.error(`package: ${complaint}`);
process.exitCode = heavy.length > 0 ? 1 : 0;
