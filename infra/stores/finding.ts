/** What a check found: `ljgate doctor` and `ljgate tables check` print these. */

/** One result. `remedy`: what to do when the check failed. */
export type Finding =
  | { readonly what: string; readonly well: true; readonly detail: string }
  | { readonly what: string; readonly well: false; readonly detail: string; readonly remedy: string };

/** A check that passed. */
export function passed(what: string, detail: string): Finding {
  return { what, well: true, detail };
}

/** A check that failed. */
export function failed(what: string, detail: string, remedy: string): Finding {
  return { what, well: false, detail, remedy };
}
