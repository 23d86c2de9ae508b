/** The zips themselves, unpacked and run by AWS's runtime client: what is deployed, less the cloud. */
import { readFileSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as v from 'valibot';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import type { Handler } from '../../../../functions/runtime/lambda/lambda-handler.ts';
import type { LambdaReply } from '../../../../functions/runtime/lambda/lambda-reply.ts';
import { createPorts } from '../../../../infra/compose.ts';
import { nodePlatform } from '../../../../infra/node-platform.ts';
import { parseKeyring } from '../../../../infra/secrets/keyring.ts';
import { seedDemo } from '../../../../infra/site/demo-accounts.ts';
import { openDynamodb } from '../../../../infra/stores/dynamodb/dynamodb-store.ts';
import { publicKeySet } from '../../../../infra/upstream/assertion-keys.ts';
import { describeDays } from '../../../clients/client-day.ts';
import { conversations, endsLinesWithCrlf, replay } from '../../../clients/replay.ts';
import { describeTable } from '../../../conformance/describe-table.ts';
import { wireTable } from '../../../conformance/wire-table.ts';
import { lambdaTransport } from '../../../hostile/transports.ts';
import { type HttpApi, openHttpApi } from '../../../support/http-api.ts';
import { type LambdaFunction, startLambda } from '../../../support/lambda-runtime.ts';
import {
  canRunLambda,
  runtimeClient,
  type SecretsManager,
  startFunctions,
  startSecretsManager,
  unpackFunctions,
} from '../../../support/packaged.ts';
import { requireProgram } from '../../../support/requirements.ts';
import { dynamodbLocal, uniquePrefix } from '../../../support/stores.ts';
import { testEvents } from '../../../support/test-events.ts';
import { startUpstreamSite, type UpstreamSite } from '../../../support/upstream-site.ts';
import { callDocument, flatReply, xmlrpcReply } from '../../../support/wire.ts';
import { nobody, refusing, silent } from '../../stores/faulty-endpoints.ts';

const secretArn = 'arn:aws:secretsmanager:us-east-1:123456789012:secret:ljgate-test-root-AbCdEf';
const proofArn = 'arn:aws:secretsmanager:us-east-1:123456789012:secret:ljgate-test-origin-AbCdEf';
const secretText = JSON.stringify({ id: 'k1', secret: 'f9Rk2LmQx7ZbT4wYcN8sVhJ3pDgA6uEe5iKo1XyWqMz' });
const proof = 'Zk3vQ8xNpL5tR7wYcB2mHsJ4dGfA9uEe';

const frontEnds = [
  'http-api',
  'http-api-stage',
  'rest-api',
  'function-url',
  'alb',
  'alb-multi-value',
] as const;

/** Milliseconds: the runtime client may have to be compiled first, beside other tests. */
const firstTime = 600_000;

/** What is the same in every reply of every front end. */
interface Reply {
  readonly statusCode: number;
  readonly body: string;
}

const eventOf = (name: string) =>
  JSON.parse(readFileSync(new URL(`../../../data/events/${name}.json`, import.meta.url), 'utf8'));

const login = (password = 'test') => `mode=login&user=test&password=${password}`;

/** The sums of the metrics in a function's log, by their names; CloudWatch reads them there. */
function metricsIn(log: readonly unknown[]): Readonly<Record<string, number>> {
  const sums: Record<string, number> = {};
  for (const line of log) {
    const { success, output } = v.safeParse(embedded, line);
    if (!success) continue;
    const [{ Metrics }] = output._aws.CloudWatchMetrics;
    for (const { Name } of Metrics) sums[Name] = (sums[Name] ?? 0) + Number(output[Name]);
  }
  return sums;
}

/** CloudWatch's embedded metric format, for a stage as a whole: by method there are fewer metrics. */
const embedded = v.looseObject({
  _aws: v.object({
    CloudWatchMetrics: v.tuple([
      v.object({
        Namespace: v.literal('ljgate'),
        Dimensions: v.strictTuple([v.strictTuple([v.literal('stage')])]),
        Metrics: v.array(v.object({ Name: v.string() })),
      }),
    ]),
  }),
});

describe.skipIf(!(canRunLambda() && requireProgram('java')))('the packaged functions', () => {
  let folders: Awaited<ReturnType<typeof unpackFunctions>>;
  let secrets: SecretsManager;
  let variables: Record<string, string>;
  const running: LambdaFunction[] = [];
  let functions: Awaited<ReturnType<typeof start>>;

  async function start(changed: Readonly<Record<string, string>> = {}) {
    const started = await startFunctions(folders, { ...variables, ...changed }, ['flat', 'xmlrpc']);
    running.push(...Object.values(started));
    return started;
  }

  beforeAll(async () => {
    const prefix = uniquePrefix();
    const endpoint = (await dynamodbLocal()) ?? '';
    const store = openDynamodb({ prefix, endpoint });
    await store.prepare();
    await seedDemo(store, createPorts(nodePlatform, store, parseKeyring(secretText), { remember: 5 }));
    await store.close();
    secrets = await startSecretsManager({ [secretArn]: secretText, [proofArn]: proof });
    variables = {
      LJGATE_STORE: `dynamodb:${prefix}`,
      LJGATE_SECRET: `secretsmanager:${secretArn}`,
      LJGATE_STAGE: 'test',
      LJGATE_LOGIN_BAN: 'off',
      AWS_ENDPOINT_URL_DYNAMODB: endpoint,
      AWS_ENDPOINT_URL_SECRETS_MANAGER: secrets.endpoint,
    };
    folders = await unpackFunctions();
    functions = await start();
  }, firstTime);

  afterAll(async () => {
    await Promise.all(running.map((one) => one.stop()));
    secrets?.close();
    await folders?.[Symbol.asyncDispose]();
  });

  describe('before a site', { shuffle: false }, () => {
    let site: UpstreamSite;
    let before: HttpApi;
    beforeAll(async () => {
      const keys = async () => JSON.parse(await publicKeySet(parseKeyring(secretText)));
      site = await startUpstreamSite({ way: 'assertion', keys });
      const { flat, xmlrpc } = await start({ LJGATE_UPSTREAM: site.url.href, LJGATE_SESSION_RATE: 'off' });
      before = await openHttpApi((verb, path) => {
        const { invoke } = path === '/interface/xmlrpc' ? xmlrpc : flat;
        return { key: `${verb} ${path}`, invoke };
      });
    });
    afterAll(async () => {
      before?.close();
      await site?.stop();
    });
    for (const conversation of conversations.filter(endsLinesWithCrlf)) {
      const { client, password } = conversation;
      test(`they serve ${client} with ${password === 'right' ? 'the right' : 'a wrong'} password`, async () => {
        await replay(before.url, conversation, true);
      });
    }
    describeDays(
      'hand clients’ calls on to it',
      (path) => new URL(path, before.url),
      () => site,
      // API Gateway passes text/xml on as text, and so loses bytes that are not UTF-8.
      ['postevent ver 0 ISO-8859-1 document'],
    );
  });

  describe.each(frontEnds)('behind %s', (frontEnd) => {
    describeTable('give the same answers as every runtime', wireTable, async () => {
      const [flat, xmlrpc] = [functions.flat, functions.xmlrpc].map(
        ({ invoke }): Handler =>
          async (event) =>
            (await invoke(event)) as LambdaReply,
      );
      if (!flat || !xmlrpc) throw new Error('not started');
      return lambdaTransport({ flat, xmlrpc }, frontEnd, 'base64');
    });
  });

  const callFlat = async (event: unknown, one = functions.flat) => {
    const { statusCode, body } = (await one.invoke(event)) as Reply;
    expect(statusCode).toBe(200);
    return flatReply(body);
  };

  test.each(frontEnds)('answer events of %s', async (frontEnd) => {
    const event = eventOf(frontEnd);
    expect((await callFlat({ ...event, body: login() })).value('name')).toBe('Test Account');
    expect((await callFlat({ ...event, body: login('no') })).why).toBe('Invalid password');
    const base64 = Buffer.from('mode=getchallenge').toString('base64');
    expect((await callFlat({ ...event, body: base64, isBase64Encoded: true })).ok).toBe(true);
  });

  test('start without what Node loads for `fetch`, also with their requests to the store', async () => {
    const probe = `import { handler as flat } from './flat.mjs';
      export async function handler(event, context) {
        const { body } = await flat(event, context);
        return { body, fetch: process.moduleLoadList.filter((name) => name.includes('undici')) };
      }`;
    await writeFile(join(folders.flat, 'probe.mjs'), probe);
    const client = await runtimeClient();
    const one = await startLambda({ client, folder: folders.flat, handler: 'probe.handler', variables });
    running.push(one);
    const event = { ...eventOf('http-api'), body: login() };
    const { body, fetch } = (await one.invoke(event)) as { readonly body: string; readonly fetch: string[] };
    expect(flatReply(body).value('name')).toBe('Test Account');
    expect(fetch).toEqual([]);
  });

  test('answer what the console offers under «Test»: the demo account is logged in', async () => {
    const [flat, xmlrpc] = [testEvents('Flat'), testEvents('Xmlrpc')].map((events) =>
      events.get('LogInAsTest'),
    );
    expect((await callFlat(flat)).value('name')).toBe('Test Account');
    expect(xmlrpcReply(((await functions.xmlrpc.invoke(xmlrpc)) as Reply).body).value('fullname')).toBe(
      'Test Account',
    );
  });

  test('web has its pages with their style, admin its verbs, and authorizer finds whose session it is', async () => {
    const started = await startFunctions(folders, variables, ['web', 'admin', 'authorizer']);
    running.push(...Object.values(started));
    const { web, admin, authorizer } = started;
    const made = await callFlat({
      ...eventOf('http-api'),
      body: login().replace('login', 'sessiongenerate'),
    });
    const cookies = [`ljsession=${made.value('ljsession')}`];
    const get = (path: string) => {
      const { requestContext, ...event } = eventOf('http-api');
      const http = { ...requestContext.http, method: 'GET', path };
      return { ...event, rawPath: path, cookies, body: '', requestContext: { ...requestContext, http } };
    };
    const open = async (path: string) => (await web.invoke(get(path))) as Reply;
    const front = await open('/');
    expect([front.statusCode, front.body]).toEqual([200, expect.stringContaining('Protocol console')]);
    const [, style = ''] = /"(\/assets\/[^"]+\.css)"/.exec(front.body) ?? [];
    expect(await open(style)).toMatchObject({ statusCode: 200, isBase64Encoded: false });
    expect((await open('/account')).body).toContain('Your sessions');

    expect(await authorizer.invoke({ ...get('/private'), type: 'REQUEST' })).toMatchObject({
      isAuthorized: true,
      context: { user: 'test' },
    });
    const shown = { verb: 'accounts list', match: 'test' };
    expect(await admin.invoke(shown)).toMatchObject({
      ok: true,
      result: { accounts: expect.arrayContaining([expect.objectContaining({ username: 'test' })]) },
    });
  });

  test('report every metric that dashboard and alarms look at, but for the one that the access log gives', async () => {
    const site = await startUpstreamSite({ way: 'anything' });
    onTestFinished(() => site.stop());
    const { flat } = await start({ LJGATE_UPSTREAM: site.url.href });
    const event = eventOf('http-api');
    await callFlat({ ...event, body: login() }, flat);
    await callFlat({ ...event, body: login('no') }, flat);
    await callFlat({ ...event, body: login().replace('login', 'getdaycounts') }, flat);
    const resources = ['alarms', 'dashboard'].map((name) =>
      readFileSync(new URL(`../../../../infra/deploy/resources/${name}.yml`, import.meta.url), 'utf8'),
    );
    const [alarms = '', dashboard = ''] = resources;
    const looked = [
      ...alarms.matchAll(/Namespace: ljgate,?\s+MetricName: (\w+)/g),
      ...dashboard.matchAll(/\["ljgate", "(\w+)"/g),
      ...dashboard.matchAll(/MetricName=\\"(\w+)\\"/g),
    ].map(([, name = '']) => name);
    expect(looked.length).toBeGreaterThan(15);
    const reported = Object.keys(metricsIn(flat.log));
    expect(looked.filter((name) => name !== 'throttled' && !reported.includes(name))).toEqual([]);
  });

  test('fetch the root secret once a start, not with every call', async () => {
    const before = secrets.asked();
    const { flat } = await start();
    for (let i = 0; i < 3; i++)
      expect((await callFlat({ ...eventOf('http-api'), body: login() }, flat)).ok).toBe(true);
    expect(secrets.asked() - before).toBe(1);
  });

  test('print JSON alone, and in it no password, challenge, session or cookie', async () => {
    const { flat } = await start();
    const event = eventOf('http-api');
    const made = await callFlat({ ...event, body: login('test').replace('login', 'sessiongenerate') }, flat);
    const cookies = [`ljsession=${made.value('ljsession')}`];
    const headers = { ...event.headers, 'x-lj-auth': 'cookie' };
    await callFlat({ ...event, headers, cookies, body: 'mode=login&user=test&auth_method=cookie' }, flat);
    await callFlat({ ...event, body: login('wrong-secret-word') }, flat);
    const printed = JSON.stringify(flat.log);
    expect(flat.log.filter((line) => typeof line === 'string')).toEqual([]);
    for (const secret of [
      made.value('ljsession')?.split(':').at(-1),
      'wrong-secret-word',
      secretText.slice(-20, -4),
    ]) {
      expect(printed).not.toContain(secret);
    }
  });

  describe('behind CloudFront', () => {
    const body = `${login().replace('login', 'sessiongenerate')}&ipfixed=1`;

    /** Whether a session that was bound to the caller of one event lets the caller of another in. */
    async function sameCaller(one: LambdaFunction, a: object, b: object): Promise<boolean> {
      const event = eventOf('http-api');
      const session = (await callFlat({ ...event, headers: { ...event.headers, ...a }, body }, one)).value(
        'ljsession',
      );
      const headers = { ...event.headers, ...b, 'x-lj-auth': 'cookie' };
      const cookies = [`ljsession=${session}`];
      const again = { ...event, headers, cookies, body: 'mode=login&user=test&auth_method=cookie' };
      return (await callFlat(again, one)).ok;
    }

    test('take the viewer’s address with the proof, and only with it', async () => {
      const { flat } = await start({ LJGATE_ORIGIN_PROOF: `secretsmanager:${proofArn}` });
      const via = (viewer: string, given = proof) => ({
        'cloudfront-viewer-address': viewer,
        'x-origin-proof': given,
      });
      expect(await sameCaller(flat, via('203.0.113.7:4711'), via('203.0.113.7:4712'))).toBe(true);
      expect(await sameCaller(flat, via('203.0.113.7:4711'), via('203.0.113.8:4711'))).toBe(false);
      expect(await sameCaller(flat, via('2001:db8:1:2:3:4:5:6:4711'), via('2001:db8:1:2::9:80'))).toBe(true);
      expect(await sameCaller(flat, via('203.0.113.7:1'), via('203.0.113.7:1', 'guess'))).toBe(false);
      expect(await sameCaller(flat, {}, via('203.0.113.8:1', 'guess'))).toBe(true);
      const log = JSON.stringify(flat.log);
      expect(log).not.toContain(proof);
    });

    test('log whether the viewer came by http, with the proof, and only with it', async () => {
      const { flat } = await start({ LJGATE_ORIGIN_PROOF: `secretsmanager:${proofArn}` });
      const event = eventOf('http-api');
      for (const given of [proof, 'guess']) {
        const forwarded = { 'cloudfront-forwarded-proto': 'http', 'x-origin-proof': given };
        await callFlat(
          { ...event, headers: { ...event.headers, ...forwarded }, body: 'mode=getchallenge' },
          flat,
        );
      }
      const schemes = flat.log.flatMap((line) => /"scheme":"(\w+)"/.exec(JSON.stringify(line))?.[1] ?? []);
      expect(schemes).toEqual(['http', 'https']);
    });
  });

  describe('when something is away, refuse in the caller’s protocol, in time, and say why in the log', () => {
    const away = 'Server error: Database temporarily unavailable';
    const internal = 'Server error: Internal server error';

    async function refusal(changed: Readonly<Record<string, string>>) {
      const { flat } = await start(changed);
      const started = performance.now();
      const { why } = await callFlat({ ...eventOf('http-api'), body: login() }, flat);
      const took = performance.now() - started;
      return {
        why,
        took,
        metrics: metricsIn(flat.log),
        log: JSON.stringify(flat.log.filter((line) => JSON.stringify(line).includes('"ERROR"'))),
      };
    }

    /** Of a first call while all is there: a busy machine takes its time. */
    async function usualTime(): Promise<number> {
      const { took } = await refusal({});
      return took;
    }

    test.each<[string, () => Promise<string>]>([
      ['unreachable', nobody],
      ['slow', silent],
      ['throttling', () => refusing(400, 'ThrottlingException')],
    ])('DynamoDB %s', async (_, endpoint) => {
      const { why, took, metrics, log } = await refusal({ AWS_ENDPOINT_URL_DYNAMODB: await endpoint() });
      expect(why).toBe(away);
      expect(took).toBeLessThan(8000 + 5 * (await usualTime()));
      expect(log).toContain('"outcome":502');
      expect(metrics).toMatchObject({ failures: 1, secretFailures: 0 });
      expect(log).toContain('StoreUnavailable');
    });

    test.each<[string, () => Promise<string>]>([
      ['unreachable', nobody],
      ['slow', silent],
      ['throttling', () => refusing(400, 'ThrottlingException')],
    ])('Secrets Manager %s', async (_, endpoint) => {
      const { why, took, metrics, log } = await refusal({
        AWS_ENDPOINT_URL_SECRETS_MANAGER: await endpoint(),
      });
      expect(why).toBe(away);
      expect(took).toBeLessThan(8000 + 5 * (await usualTime()));
      expect(log).toContain('SecretUnavailable');
      expect(metrics).toMatchObject({ failures: 1, secretFailures: 1 });
    });

    test.each([
      ['secret missing', { LJGATE_SECRET: `secretsmanager:${secretArn}-gone` }],
      ['access denied', {}, { __type: 'AccessDeniedException' }],
      ['a secret that is none', {}, { SecretString: '{"id":"k1","secret":"do-not-log-this"}' }],
    ])(
      '%s',
      async (_, changed: Readonly<Record<string, string>>, answer?: ReturnType<SecretsManager['answer']>) => {
        const real = secrets.answer;
        if (answer) secrets.answer = () => answer;
        const { why, metrics, log } = await refusal(changed).finally(() => {
          secrets.answer = real;
        });
        expect(why).toBe(internal);
        expect(log).toContain('SecretUnavailable');
        expect(metrics).toMatchObject({ failures: 1, secretFailures: 1 });
        expect(log).not.toContain('do-not-log-this');
      },
    );

    test('a secret that comes back, without a new start', async () => {
      const { xmlrpc } = await start();
      const real = secrets.answer;
      secrets.answer = () => ({ __type: 'InternalServiceErrorException' });
      const event = {
        ...eventOf('http-api'),
        rawPath: '/interface/xmlrpc',
        body: callDocument('LJ.XMLRPC.getchallenge'),
      };
      const refused = (await xmlrpc.invoke(event)) as Reply;
      secrets.answer = real;
      expect(xmlrpcReply(refused.body).why).toContain('502');
      expect(xmlrpcReply(((await xmlrpc.invoke(event)) as Reply).body).ok).toBe(true);
    });
  });
});
