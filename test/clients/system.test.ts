/** What servers tell clients about themselves, on every runtime and store. */
import { expect, test } from 'vitest';
import { callDocument } from '../support/wire.ts';
import { describeServed } from './served.ts';

describeServed('introspection', (urlOf) => {
  test('system.listMethods names all four methods, and itself', async () => {
    const body = callDocument('system.listMethods').replace(/<params>.*<\/params>/, '');
    const reply = await fetch(urlOf('/interface/xmlrpc'), { method: 'POST', body });
    const names = [...(await reply.text()).matchAll(/<string>([^<]+)<\/string>/g)].map(([, name]) => name);
    expect(names).toEqual(
      expect.arrayContaining([
        'LJ.XMLRPC.getchallenge',
        'LJ.XMLRPC.login',
        'LJ.XMLRPC.sessionexpire',
        'LJ.XMLRPC.sessiongenerate',
        'system.listMethods',
      ]),
    );
  });
});
