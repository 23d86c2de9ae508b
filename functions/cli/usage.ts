/** Used wrongly: exit code 2. */
export class UsageError extends Error {}
