/** What ends `npm run deploy` before it begins, each with what to do. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { answering } from '../../stores/faulty-endpoints.ts';
import { type Deployable, makeDeployable } from './deployable.ts';

const deploy = 'infra/deploy/stack/deploy.ts';

let copy: Deployable;
beforeAll(async () => {
  copy = await makeDeployable();
});
afterAll(() => copy?.[Symbol.asyncDispose]());

test('without credentials nothing is blamed but their lack', async () => {
  const none = { AWS_ACCESS_KEY_ID: '', AWS_SECRET_ACCESS_KEY: '' };
  const { code, printed } = await copy.run([deploy], none);
  expect(code).toBe(1);
  expect(printed).toContain('there are no AWS credentials. Give --aws-profile NAME');
  expect(printed).not.toContain('registry');
});

test('a registry for test events that may not be made is named, with the setting that does without', async () => {
  const answer =
    '<Error><Code>ValidationError</Code><Message>Stack ljgate-prod does not exist</Message></Error>';
  const body = `<ErrorResponse>${answer}</ErrorResponse>`;
  const { code, printed } = await copy.run([deploy, '--stage', 'prod'], {
    AWS_MAX_ATTEMPTS: '1',
    AWS_ENDPOINT_URL_CLOUDFORMATION: await answering((_, response) => response.writeHead(400).end(body)),
    AWS_ENDPOINT_URL_SCHEMAS: 'http://127.0.0.1:1',
  });
  expect(printed).toContain('deploy with --param testEvents=off');
  expect(code).toBe(1);
});

test('a stage’s file with a name that nothing reads', async () => {
  await copy.change('infra/stages/mine.yml', () => `memroy: '2048'\n`);
  const { code, printed } = await copy.run([deploy, '--stage', 'mine'], {});
  expect(printed).toContain('deploy: infra/stages/mine.yml: memroy is no setting.');
  expect(code).toBe(1);
});
