/** Each breaking change of the template, alone, is found: by AWS's schemas and allowed values, or in the running stack. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { checkDeployment } from '../../../../infra/deploy/stack/check-deployment.ts';
import * as settings from '../../../../infra/settings.ts';
import type { Setting } from '../../../../infra/settings-schema.ts';
import { seedDemo } from '../../../../infra/site/demo-accounts.ts';
import type { Stack } from '../../../support/stack/stack.ts';
import { startUpstreamSite, type UpstreamSite } from '../../../support/upstream-site.ts';
import { forbiddenValues } from './allowed-values.ts';
import { breakingChanges } from './breaking-changes.ts';
import { complaints } from './specification.ts';
import { canRunStacks, openSite, openStacks, type Stacks, through } from './stacks.ts';
import { domainParameters, type JsonObject, type Template } from './template.ts';

const known = new Set<string>(Object.values<Setting>(settings).map(({ variable }) => variable));

describe.skipIf(!canRunStacks())('a breaking change of the template is found:', () => {
  let stacks: Stacks;
  let site: UpstreamSite;
  const templates: Template[] = [];

  beforeAll(async () => {
    stacks = await openStacks();
    site = await startUpstreamSite({ way: 'anything' });
    // A site that takes two seconds, as many do.
    site.misbehave((_, outgoing) => {
      setTimeout(() => outgoing.writeHead(200, { 'Content-Type': 'text/plain' }).end('success\nOK\n'), 2000);
    });
    const email = '--param=alarmEmail=ops@example.com';
    templates.push(
      await stacks.synthesize(
        '--param=edge=on',
        ...domainParameters,
        email,
        `--param=upstream=${site.url.href}`,
      ),
      await stacks.synthesize(...domainParameters, email),
    );
  }, 600_000);
  afterAll(async () => {
    await site?.stop();
    await stacks?.[Symbol.asyncDispose]();
  });

  /** What schemas, allowed values and names of variables say against a template. */
  function onPaper(template: Template): readonly string[] {
    const variables = Object.values(template.Resources).flatMap(({ Properties = {} }) => {
      const environment = Properties['Environment'] as { readonly Variables: JsonObject } | undefined;
      return Object.keys(environment?.Variables ?? {});
    });
    const unread = variables.filter((name) => !known.has(name)).map((name) => `nothing reads ${name}`);
    return [...complaints(template), ...forbiddenValues(template), ...unread];
  }

  /** What does not work in the running stack. */
  async function running(template: Template): Promise<readonly string[]> {
    let stack: Stack;
    try {
      stack = await stacks.start(template);
    } catch (error) {
      return [String(error)];
    }
    try {
      return await faultsOf(stack);
    } finally {
      await stack[Symbol.asyncDispose]();
    }
  }

  async function faultsOf(stack: Stack): Promise<readonly string[]> {
    const found: string[] = [];
    const api = stack.doors.api.url;
    const at = (path: string) => new URL(path, api).href;
    const door = { flat: at('/interface/flat'), xmlrpc: at('/interface/xmlrpc'), web: api.href };
    for (const finding of await checkDeployment(door)) {
      if (!finding.well) found.push(`${finding.what}: ${finding.detail}`);
    }
    if (found.length > 0) return found;

    const site = openSite(stack, 'ljgate-dev');
    await seedDemo(site.store, site.ports);
    await site.store.close();
    const edge = stack.doors.edge;
    if (!edge) return ['there is no edge'];
    const post = async (body: string, from: string, cookie?: string) => {
      const headers = {
        'Content-Type': 'application/x-www-form-urlencoded',
        ...(cookie && { 'X-LJ-Auth': 'cookie', Cookie: `ljsession=${cookie}` }),
      };
      const sent = { method: 'POST', headers, body };
      const reply = await through(edge.http)('http://lj.example.com/interface/flat', sent, from);
      return `${reply.status} ${await reply.text()}`;
    };
    const made = await post('mode=sessiongenerate&user=test&password=test&ipfixed=1', '127.0.0.5');
    const [, session = 'none'] = /ljsession\n(.+)\n/.exec(made) ?? [];
    const again = 'mode=login&user=test&auth_method=cookie';
    const mine = await post(again, '127.0.0.5', session);
    if (!mine.includes('success\nOK')) found.push(`a session at the edge: ${made} ${mine}`);
    const another = await post(again, '127.0.0.6', session);
    if (!another.includes('success\nFAIL')) found.push(`somebody else’s session at the edge: ${another}`);
    const relayed = await post('mode=getdaycounts&user=test&password=test', '127.0.0.5');
    if (!relayed.includes('success\nOK')) found.push(`a slow site: ${relayed}`);
    return [...found, ...stack.denied()];
  }

  test('the template as it is has no fault', async () => {
    expect(templates.flatMap(onPaper)).toEqual([]);
    const [edge] = templates;
    expect(edge && (await running(edge))).toEqual([]);
  });

  test.each(breakingChanges)('$says', async ({ from, to }) => {
    const changed = templates.flatMap((template): readonly Template[] => {
      const before = JSON.stringify(template);
      const after = before.replace(from, to);
      return after === before ? [] : [JSON.parse(after)];
    });
    expect(changed).not.toEqual([]);
    const paper = changed.flatMap(onPaper);
    const [first] = changed;
    const found = paper.length > 0 || !first ? paper : await running(first);
    expect(found).not.toEqual([]);
  });
});
