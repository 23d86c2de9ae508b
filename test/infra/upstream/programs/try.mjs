// Tries each assertion of standard input, and prints what came of it.
import { json } from 'node:stream/consumers';

const { ljgateCaller } = await import(process.argv[2]);
const { jwks, audience, tries } = await json(process.stdin);
const used = new Set();
const seen = (jti) => {
  const before = used.has(jti);
  used.add(jti);
  return before;
};
for (const [assertion, body] of tries) {
  const caller = await ljgateCaller(assertion, Buffer.from(body, 'base64'), jwks, audience, seen).catch(
    () => undefined,
  );
  console.log(caller?.sub ?? 'refused');
}
