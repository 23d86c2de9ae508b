/**
 * Sets libuv's threads to one for each core and one more: its usual four leave cores of a larger machine idle
 * while passwords are hashed. It must be imported before anything uses a thread.
 */
import { availableParallelism } from 'node:os';

process.env['UV_THREADPOOL_SIZE'] ??= String(Math.max(4, availableParallelism() + 1));
