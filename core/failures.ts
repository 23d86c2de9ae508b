/** Errors of the ports, and the refusal that answers each. */

/** The store cannot be reached, or not in time: refusal 502. */
export class StoreUnavailable extends Error {
  override name = 'StoreUnavailable';
}

/** The store answered with something that it should not hold: refusal 501. */
export class StoreFailed extends Error {
  override name = 'StoreFailed';
}

/**
 * A record needs a root secret that this process does not have: refusal 502. Whether the credential is
 * right cannot be known, so it is not 101 and counts towards no ban.
 */
export class SecretMissing extends Error {
  override name = 'SecretMissing';
  /** Id of the secret. */
  readonly secret: string;

  constructor(secret: string) {
    super(`secret ${secret} is needed, and this process does not have it`);
    this.secret = secret;
  }
}

/** Too many passwords wait to be hashed: refusal 507. */
export class HasherBusy extends Error {
  override name = 'HasherBusy';
}
