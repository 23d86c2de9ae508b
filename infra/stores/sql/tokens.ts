/** Tokens of a site's own code, in SQL. */
import type { TokenDirectory } from '../../../core/accounts/administration.ts';
import { StoreFailed } from '../../../core/failures.ts';
import { decodeToken } from '../token-record.ts';
import { type Row, type SqlDriver, statement } from './driver.ts';

/** The tokens of the tokens table. */
export function sqlTokens({ read, write }: Pick<SqlDriver, 'read' | 'write'>): TokenDirectory {
  return {
    async read(id) {
      const [[row] = []] = await read([statement('SELECT details FROM tokens WHERE id = ?1', id)]);
      return row && tokenIn(row);
    },
    async list() {
      const [rows = []] = await read([statement('SELECT details FROM tokens')]);
      return rows.map(tokenIn);
    },
    async add(token) {
      await write([
        statement('INSERT INTO tokens (id, details) VALUES (?1, ?2)', token.id, JSON.stringify(token)),
      ]);
    },
    async remove(id) {
      const [removed = []] = await write([statement('DELETE FROM tokens WHERE id = ?1 RETURNING id', id)]);
      return removed.length > 0 ? 'removed' : 'unknown';
    },
    async noteUse(id, at) {
      await write([
        statement("UPDATE tokens SET details = json_set(details, '$.lastUsed', ?2) WHERE id = ?1", id, at),
      ]);
    },
  };
}

function tokenIn({ details }: Row) {
  try {
    return decodeToken(JSON.parse(String(details)));
  } catch (cause) {
    if (cause instanceof SyntaxError) throw new StoreFailed('the details of a token are no JSON');
    throw cause;
  }
}
