/** `npm run scale`: writes the cost tables of the guide, and the page about scale with its picture. */
import measured from './measured.json' with { type: 'json' };
import { writeGuideFiles } from './pages.ts';

await writeGuideFiles(measured);
