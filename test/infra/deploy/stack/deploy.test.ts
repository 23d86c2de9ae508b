/** `npm run deploy`, its ways back, and `npm run remove`, against moto's imitation of AWS, where Python has it. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { hasProgram } from '../../../support/requirements.ts';
import { type Deployable, makeDeployable } from './deployable.ts';

describe.skipIf(!hasProgram('python3', '-c', 'import moto.server'))(
  'a stage on moto',
  { shuffle: false },
  () => {
    let copy: Deployable;
    let moto: ChildProcess;
    let endpoint: string;

    beforeAll(async () => {
      copy = await makeDeployable();
      // moto makes no alarms, and an attribute of one is asked for by the dashboard.
      await copy.change('serverless.yml', (text) =>
        text.replaceAll(/^.*resources\/(alarms|dashboard|queries)\.yml.*\n/gm, ''),
      );
      await copy.change('infra/deploy/resources/outputs.yml', (text) =>
        text.replaceAll(/^ {2}(AlarmTopicArn|DashboardUrl):\n( {4}.*\n)+/gm, ''),
      );
      const port = await freePort();
      endpoint = `http://127.0.0.1:${port}`;
      const script = fileURLToPath(new URL('moto_server.py', import.meta.url));
      moto = spawn('python3', [script, String(port)], { stdio: 'ignore' });
      for (let tries = 0; tries < 300 && moto.exitCode === null; tries++) {
        const up = await fetch(endpoint).then(
          () => true,
          () => false,
        );
        if (up) return;
        await sleep(100);
      }
      throw new Error('moto did not start');
    }, 120_000);
    afterAll(async () => {
      moto?.kill('SIGKILL');
      await copy?.[Symbol.asyncDispose]();
    });

    const run = (program: readonly string[]) => copy.run(program, { AWS_ENDPOINT_URL: endpoint });
    const deploy = (...args: readonly string[]) =>
      run(['infra/deploy/stack/deploy.ts', '--param', 'testEvents=off', '--verbose', ...args]);

    test('is deployed, and again without a change: then nothing is uploaded', async () => {
      const first = await deploy();
      expect(first.printed).toContain('Uploading service flat.zip file');
      // moto makes no HTTP API.
      expect(first.printed).toContain(
        'deployed, but not checked: Error: the stack ljgate-dev has no output FlatUrl',
      );
      expect(first.code).toBe(1);
      const { printed } = await deploy();
      expect(printed).toContain('Nothing changes, but perhaps the code');
      expect(printed).toContain('No changes to deploy');
      expect(printed).not.toContain('Uploading');
    });

    test('shows what changes, and deploys it', async () => {
      const { printed } = await deploy('--param', 'memory=2048');
      expect(printed).toMatch(/changed +FlatLambdaFunction, AWS::Lambda::Function \(MemorySize\)/);
      expect(printed).toContain('Uploading service flat.zip file');
    });

    test('asks before a setting that is not repeated removes something, and without an answer deploys nothing', async () => {
      await deploy('--param', 'edge=on');
      const { code, printed } = await deploy();
      expect(printed).toMatch(/removed +EdgeDistribution/);
      expect(printed).toContain('nothing was deployed. To deploy without a question, add --yes.');
      expect(printed).not.toContain('Uploading');
      expect(code).toBe(1);
    });

    test('goes back to what was before', async () => {
      const listed = await run(['node_modules/osls/bin/serverless.js', 'rollback']);
      const [time = ''] = /\b\d{13}\b/.exec(listed.printed) ?? [];
      expect(time).not.toBe('');
      const { printed, code } = await run([
        'node_modules/osls/bin/serverless.js',
        'rollback',
        '--timestamp',
        time,
      ]);
      expect([code, printed]).toEqual([0, expect.stringContaining('rolled back')]);
    });

    test('is removed only where somebody agrees', async () => {
      const asked = await run(['infra/deploy/stack/remove.ts']);
      expect(asked.code).toBe(1);
      expect(asked.printed).toContain('its root secret');
      expect(asked.printed).toContain('nothing was removed');
      const { printed } = await run(['infra/deploy/stack/remove.ts', '--yes']);
      expect(printed).toContain('removed');
    });
  },
);

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  return port;
}
