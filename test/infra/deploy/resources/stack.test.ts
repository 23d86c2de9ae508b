/** The packaged template, run: the protocol, the pages, the interface and administration through its doors. */
import type { JSONWebKeySet } from 'jose';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { seedDemo } from '../../../../infra/site/demo-accounts.ts';
import { describeDays } from '../../../clients/client-day.ts';
import { conversations, endsLinesWithCrlf, replay } from '../../../clients/replay.ts';
import { describeTable } from '../../../conformance/describe-table.ts';
import { wireTable } from '../../../conformance/wire-table.ts';
import { socketTransport } from '../../../hostile/transports.ts';
import type { HttpApi } from '../../../support/http-api.ts';
import type { Stack } from '../../../support/stack/stack.ts';
import { startUpstreamSite, type UpstreamSite } from '../../../support/upstream-site.ts';
import { canRunStacks, openSite, openStacks, type Stacks, through } from './stacks.ts';
import { domainParameters } from './template.ts';
import { usedAccounts } from './used-accounts.ts';
import { type UsedSite, useApi, useAuthorizer, useEndpoint, usePages, useVerbs } from './uses.ts';

/** Milliseconds: the runtime client may have to be compiled first, beside other tests. */
const firstTime = 600_000;

const addresses = { home: '127.0.0.1', guesser: '127.0.0.2' };

describe.skipIf(!canRunStacks())('the template, run', () => {
  let stacks: Stacks;
  beforeAll(async () => {
    stacks = await openStacks();
  }, firstTime);
  afterAll(() => stacks?.[Symbol.asyncDispose]());

  /** A stack for the tests of a block. */
  function stackWith(...args: readonly string[]) {
    const opened: { stack?: Stack; site?: UsedSite } = {};
    const stage = /--stage=(\w+)/.exec(args.join(' '))?.[1] ?? 'dev';
    beforeAll(async () => {
      opened.stack = await stacks.start(await stacks.synthesize(...args));
      opened.site = openSite(opened.stack, `ljgate-${stage}`);
    }, firstTime);
    afterAll(async () => {
      await opened.site?.store.close();
      await opened.stack?.[Symbol.asyncDispose]();
      expect(opened.stack?.denied() ?? []).toEqual([]);
    });
    return {
      stack: (): Stack => opened.stack ?? missing('stack'),
      site: (): UsedSite => opened.site ?? missing('site'),
    };
  }

  const unlimited = ['--param=loginBan=off', '--param=sessionRate=off'];

  describe('in the stage dev', () => {
    const { stack, site } = stackWith(...unlimited);
    beforeAll(() => seedDemo(site().store, site().ports));
    describeTable('its API gives the same answers as every runtime', wireTable, async () =>
      socketTransport(stack().doors.api.url),
    );
    test('has neither a domain nor an edge', () => {
      expect(stack().doors).not.toHaveProperty('domain');
      expect(stack().doors).not.toHaveProperty('edge');
    });
  });

  describe.each<[string, readonly string[], (stack: Stack) => HttpApi | undefined]>([
    ['in the stage prod, by its API', ['--stage=prod'], ({ doors }) => doors.api],
    ['by its own domain', domainParameters, ({ doors }) => doors.domain],
    ['by its edge', ['--param=edge=on', ...domainParameters], ({ doors }) => doors.edge?.https],
  ])('%s', (title, args, doorOf) => {
    const { stack, site } = stackWith(...args, '--param=api=same', '--param=sessionRate=off');
    const door = () => through(doorOf(stack()) ?? missing('door'));
    beforeAll(() => usedAccounts(site(), stack().secret('RootSecret')));

    test.each(['flat', 'xmlrpc'] as const)('%s takes every call that its clients make', async (wire) => {
      await useEndpoint(wire, door(), addresses);
    });
    test('the pages hold together', () =>
      // Each door has an address of its own to be banned.
      usePages(door(), 'web_without', { ...addresses, guesser: '127.0.0.3' }));
    // CloudFront's policies cannot name Authorization: sites ask the API itself.
    test('the interface for sites has every operation, at the API itself', () =>
      useApi(through(stack().doors.api), site(), 'api_stack', { ...addresses, guesser: '127.0.0.4' }));
    test('the authorizer finds whose session it is', () =>
      useAuthorizer((event) => stack().invoke('AuthorizerLambdaFunction', event), site()));
    if (title.includes('prod')) {
      test('admin has every verb', () =>
        useVerbs((event) => stack().invoke('AdminLambdaFunction', event), site()));
    }
  });

  describe('at its edge', () => {
    const { stack, site } = stackWith('--param=edge=on', ...unlimited);
    beforeAll(() => seedDemo(site().store, site().ports));
    const edge = () => stack().doors.edge ?? missing('edge');
    describeTable(
      'plain http gives the same answers',
      // CloudFront sends no query on, and asks for every other path by https.
      wireTable.filter(({ path = '/interface/flat' }) => /^\/(interface|cgi-bin)\/[^?]*$/.test(path)),
      async () => socketTransport(edge().http.url),
    );
    test('sends pages to https', async () => {
      const reply = await through(edge().http)('http://lj.example/account', {}, '127.0.0.1');
      expect([reply.status, reply.headers.get('location')?.slice(0, 8)]).toEqual([301, 'https://']);
    });
    test('sessions that are bound to an address are bound to the viewer’s', async () => {
      const fetch = through(edge().http);
      const post = async (body: string, from: string, cookie?: string) => {
        const headers = cookie ? { 'X-LJ-Auth': 'cookie', Cookie: `ljsession=${cookie}` } : {};
        const reply = await fetch(
          'http://lj.example/interface/flat',
          { method: 'POST', headers, body },
          from,
        );
        return reply.text();
      };
      const made = await post('mode=sessiongenerate&user=test&password=test&ipfixed=1', '127.0.0.5');
      const [, session] = /ljsession\n(.+)\n/.exec(made) ?? [];
      const again = 'mode=login&user=test&auth_method=cookie';
      expect(await post(again, '127.0.0.5', session)).toContain('success\nOK');
      expect(await post(again, '127.0.0.6', session)).toContain('success\nFAIL');
      expect(JSON.stringify(stack().logOf('FlatLambdaFunction'))).toContain('"scheme":"http"');
    });
  });

  describe('before a site', { shuffle: false }, () => {
    let site: UpstreamSite;
    const port = 20_000 + Math.floor(Math.random() * 10_000);
    const { stack, site: own } = stackWith(`--param=upstream=http://127.0.0.1:${port}`, ...unlimited);
    beforeAll(async () => {
      await seedDemo(own().store, own().ports);
      const keys = async (): Promise<JSONWebKeySet> => {
        const reply = await fetch(new URL('/.well-known/jwks.json', stack().doors.api.url));
        return (await reply.json()) as JSONWebKeySet;
      };
      site = await startUpstreamSite({ way: 'assertion', keys }, port);
    });
    afterAll(() => site?.stop());
    for (const conversation of conversations.filter(endsLinesWithCrlf)) {
      const { client, password } = conversation;
      test(`serves ${client} with ${password === 'right' ? 'the right' : 'a wrong'} password`, async () => {
        await replay(stack().doors.api.url, conversation, true);
      });
    }
    describeDays(
      'hands clients’ calls on to it',
      (path) => new URL(path, stack().doors.api.url),
      () => site,
      // API Gateway passes text/xml on as text, and so loses bytes that are not UTF-8.
      ['postevent ver 0 ISO-8859-1 document'],
    );
  });
});

function missing(what: string): never {
  throw new Error(`there is no ${what}`);
}
