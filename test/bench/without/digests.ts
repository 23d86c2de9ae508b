/** Digests in JavaScript, in place of Node's own. */
export * from '../../../core/auth/portable-digests.ts';
