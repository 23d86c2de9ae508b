/** The whole gateway as a Cloudflare Worker: both doors, the pages, the session check. */
import { workerHandler } from './worker/handler.ts';
import { openWorld } from './worker/world.ts';

export default workerHandler(openWorld);
