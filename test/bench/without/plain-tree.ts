/** Leaves every document to the check and fast-xml-parser. */
import type { plainTree as real } from '../../../functions/wire/xmlrpc/plain-tree.ts';

export const plainTree: typeof real = () => undefined;
