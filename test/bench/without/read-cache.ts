/** Keeps no reads. */
import { createReadCache as create } from '../../../infra/stores/sql/read-cache.ts';

export const createReadCache: typeof create = ({ version: _, ...driver }) => create(driver);
