/** What a site calls itself on the pages, and where its own pages are. */
import * as v from 'valibot';
import { visibleName, webUrl } from '../../core/accounts/validation.ts';

/** The names and addresses; each may be absent. */
export interface SiteFace {
  readonly name?: string;
  /** The site's front page. */
  readonly home?: string;
  /** Where people register. */
  readonly register?: string;
  readonly forgotPassword?: string;
  /** Where people ask the site's staff. */
  readonly help?: string;
}

/** As members of the site's file. */
export const siteFace = {
  name: v.exactOptional(visibleName(100)),
  home: v.exactOptional(webUrl),
  register: v.exactOptional(webUrl),
  forgotPassword: v.exactOptional(webUrl),
  help: v.exactOptional(webUrl),
};

/** The face in a site's data. */
export function faceIn({ name, home, register, forgotPassword, help }: SiteFace): SiteFace {
  return {
    ...(name !== undefined && { name }),
    ...(home !== undefined && { home }),
    ...(register !== undefined && { register }),
    ...(forgotPassword !== undefined && { forgotPassword }),
    ...(help !== undefined && { help }),
  };
}
