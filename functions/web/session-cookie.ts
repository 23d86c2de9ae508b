/** The session as a browser's cookie. */

/**
 * A `Set-Cookie` of `ljsession`, spelled as clients and older parts of a site read it, without
 * URL-encoding. Scripts cannot read it, and no other site's form can send it. `maxAge` in seconds; without
 * it, the browser forgets the cookie when it is closed.
 */
export function sessionCookie(
  ljsession: string,
  { secure, maxAge }: { readonly secure: boolean; readonly maxAge?: number },
): string {
  const age = maxAge === undefined ? [] : [`Max-Age=${maxAge}`];
  const parts = [`ljsession=${ljsession}`, 'Path=/', ...age, 'HttpOnly', 'SameSite=Lax'];
  return [...parts, ...(secure ? ['Secure'] : [])].join('; ');
}
