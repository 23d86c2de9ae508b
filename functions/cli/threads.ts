/**
 * One thread for each core and one beside them, before anything takes the first: libuv's own four
 * would leave cores of a larger machine idle while passwords are hashed. Imported before all else.
 */
import { availableParallelism } from 'node:os';

process.env['UV_THREADPOOL_SIZE'] ??= String(Math.max(4, availableParallelism() + 1));
