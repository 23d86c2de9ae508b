/** Where programs for tests are kept from one run to the next. */
import { homedir } from 'node:os';
import { join } from 'node:path';

/** ljgate's folder in the user's cache. */
export const cacheFolder = join(process.env['XDG_CACHE_HOME'] || join(homedir(), '.cache'), 'ljgate');
