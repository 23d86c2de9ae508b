/** Clients by names that their owners recognise. */
import { expect, test } from 'vitest';
import { clientName } from '../../../functions/web/client-name.ts';

const windows = 'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko)';

test.each([
  [`${windows} Chrome/126.0.0.0 Safari/537.36`, 'Chrome 126 on Windows'],
  [`${windows} Chrome/126.0.0.0 Safari/537.36 Edg/126.0.2592.68`, 'Edge 126 on Windows'],
  [`${windows} Chrome/125.0.0.0 Safari/537.36 OPR/111.0.0.0`, 'Opera 111 on Windows'],
  ['Mozilla/5.0 (X11; Linux x86_64; rv:130.0) Gecko/20100101 Firefox/130.0', 'Firefox 130 on Linux'],
  ['Mozilla/5.0 (Android 14; Mobile; rv:127.0) Gecko/127.0 Firefox/127.0', 'Firefox 127 on Android'],
  [
    'Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.5 Mobile/15E148 Safari/604.1',
    'Safari 17 on iPhone',
  ],
  [
    'Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.5 Safari/605.1.15',
    'Safari 17 on Mac',
  ],
  ['Mozilla/4.0 (compatible; MSIE 6.0)', 'Mozilla/4.0 (compatible; MSIE 6.0)'],
  ['Semagic/1.7.5.0', 'Semagic/1.7.5.0'],
  [' ', 'Unnamed program'],
  [undefined, 'Unnamed program'],
])('%j is %s', (agent, name) => {
  expect(clientName(agent)).toBe(name);
});
