/** The whole gateway as a Cloudflare Worker: both endpoints, the pages, the session check. */
import { openWorkerComposition } from './runtime/worker/worker-composition.ts';
import { workerHandler } from './runtime/worker/worker-handler.ts';

export default workerHandler(openWorkerComposition);
