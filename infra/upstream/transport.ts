/** How a request to the site is sent: each runtime has its own HTTP client. */

/** A POST. */
export interface TransportRequest {
  readonly url: URL;
  /** They include `Content-Length`. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array;
  /** Ends the request, whatever it waits for. */
  readonly signal: AbortSignal;
}

/** The head of a reply. */
export interface TransportReply {
  readonly status: number;
  /** A header by its name in lower case. */
  header(name: string): string | undefined;
  /** The body, in pieces. Throws where it breaks off before its end. */
  readonly body: AsyncIterable<Uint8Array>;
  /** Drops the body, and the connection with it where that is needed. */
  discard(): void;
}

/**
 * Sends a request once: never again, also not where a kept connection turns out to be closed. Follows no redirect.
 * Rejects when there is no reply.
 */
export type Transport = (request: TransportRequest) => Promise<TransportReply>;
