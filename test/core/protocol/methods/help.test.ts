/** What the server says of its methods: complete, plain, and true. */
import { describe, expect, test } from 'vitest';
import { methodHelp } from '../../../../core/protocol/methods/help.ts';
import { methodNames, methods } from '../../../../core/protocol/methods/table.ts';
import { openSite, wires } from '../../../support/site.ts';
import { callDocument } from '../../../support/wire.ts';

describe.each(methodNames)('the help of %s', (method) => {
  const help = methodHelp(method);

  test('names arguments, result, refusals and an example on each wire, in plain text', () => {
    for (const title of ['Arguments', 'Result', 'Refusals', 'Example, flat', 'Example, XML-RPC']) {
      expect(help).toContain(`\n\n${title}\n  `);
    }
    expect(help).toMatch(/^[\n -~…]+$/);
    for (const [name, { olderNameOf }] of methods[method].reads) {
      expect(help.includes(`\n  ${name}`), name).toBe(olderNameOf === undefined);
    }
  });

  test.each(wires)('has an example that works on %s', async (wire) => {
    const site = await openSite();
    expect((await site.call(wire, method, methods[method].example)).why).toBe('');
  });
});

test('what the help says of results is what XML-RPC sends', async () => {
  const site = await openSite({ fastserver: true, pictures: [{ keyword: 'a', url: 'https://x/' }] });
  for (const method of methodNames) {
    const all = { getcaps: '1', getpickws: '1', getpickwurls: '1', getmenus: '1' };
    const args = method === 'login' ? { ...methods[method].example, ...all } : methods[method].example;
    const body = callDocument(`LJ.XMLRPC.${method}`, args);
    const reply = await (await site.fetch('/interface/xmlrpc', { method: 'POST', body })).text();
    const [, struct = ''] = /<param><value><struct>(.*)<\/struct><\/value><\/param>/s.exec(reply) ?? [];
    const names = [...struct.replaceAll(/<array>.*?<\/array>/gs, '').matchAll(/<name>(\w+)<\/name>/g)];
    expect(names.map(([, name]) => name)).toEqual(Object.keys(methods[method].result));
  }
});
