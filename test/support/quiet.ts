/**
 * What a test's own process prints, as the functions on Lambda do their logs, goes to vitest's console: it
 * shows that of tests that fail, and nothing of the others.
 */
for (const [stream, log] of [
  [process.stdout, console.log],
  [process.stderr, console.error],
] as const) {
  stream.write = (chunk: string | Uint8Array) => {
    log(String(chunk).trimEnd());
    return true;
  };
}
