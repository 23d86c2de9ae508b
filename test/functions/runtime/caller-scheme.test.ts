/** Whether a browser came by https: only the trusted proxy is believed. */
import { expect, test } from 'vitest';
import { callerScheme } from '../../../functions/runtime/caller-address.ts';
import { parseProxies } from '../../../infra/parse-address.ts';

test.each([
  ['nobody is trusted', '10.0.0.1', 'https', undefined, 'http'],
  ['the proxy says https', '10.0.0.1', 'https', '10.0.0.1', 'https'],
  ['the proxy says so over a dual-stack socket', '::ffff:10.0.0.1', 'HTTPS', '10.0.0.1', 'https'],
  ['the proxy says so last', '10.0.0.1', 'http, https', '10.0.0.1', 'https'],
  ['a client says so before', '10.0.0.1', 'https, http', '10.0.0.1', 'http'],
  ['the proxy says http', '10.0.0.1', 'http', '10.0.0.1', 'http'],
  ['the proxy says nothing', '10.0.0.1', undefined, '10.0.0.1', 'http'],
  ['somebody else says https', '10.0.0.2', 'https', '10.0.0.1', 'http'],
])('%s', (_, address, forwardedProto, trusted, scheme) => {
  const proxies = trusted === undefined ? undefined : parseProxies(trusted);
  expect(callerScheme({ address, forwardedProto }, proxies)).toBe(scheme);
});
