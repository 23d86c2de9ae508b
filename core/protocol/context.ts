/** What a request brings beside its arguments. */

/** Headers and address of the request that a call came in. */
export interface Context {
  /** The caller's address as the platform vouches for it. */
  readonly address: string | undefined;
  readonly cookie: string | undefined;
  /** The `X-LJ-Auth` header. */
  readonly ljAuth: string | undefined;
  readonly agent: string | undefined;
}
