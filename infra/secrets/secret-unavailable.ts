/** The error for a secret that its service does not return. */

/**
 * A secret could not be read. Message and cause name the secret and the reason, never its content. Alarms use the
 * name of this class.
 */
export class SecretUnavailable extends Error {
  override name = 'SecretUnavailable';
  /** The service did not answer in time: a retry may succeed. */
  readonly passing: boolean;

  constructor(message: string, passing: boolean, cause?: unknown) {
    super(message, cause === undefined ? {} : { cause });
    this.passing = passing;
  }
}
