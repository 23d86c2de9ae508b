/** Decodes each row, also one that has not changed. */
import { type AccountReader, accountIn } from '../../../infra/stores/sql/rows.ts';

export { accountIn, cachedCharacters } from '../../../infra/stores/sql/rows.ts';

export const accountReader = (): AccountReader => (row) => ({
  account: accountIn(row),
  size: 1 + String(row['details']).length,
});
