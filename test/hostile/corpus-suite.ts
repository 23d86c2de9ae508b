/**
 * The corpus, fed to anything that serves both endpoints with the demo accounts and without login bans: an app
 * in this process, a server behind a URL, a Lambda handler, a Worker.
 */
import { beforeAll, describe, expect, test } from 'vitest';
import { tally } from '../support/tally.ts';
import { type Family, families, type HostileRequest, readFamily } from './corpus.ts';
import { expectReply, type HostileReply } from './expected-reply.ts';

/** Carries a request to what is tested, and its reply back. */
export type Transport = (request: HostileRequest) => Promise<HostileReply>;

/** Describes the whole corpus, fed to a transport, which is opened before the first input. */
export function describeHostile(name: string, open: () => Transport | Promise<Transport>): void {
  describe(`hostile inputs, fed to ${name}`, () => {
    let transport: Transport;
    let session: string;
    beforeAll(async () => {
      transport = await open();
      session = await makeSession(transport);
    });

    for (const family of Object.keys(families) as Family[]) {
      test.for(readFamily(family))('$name: $why', async ({ expected, requests }, { task }) => {
        let fed = 0;
        for (const request of requests()) {
          expectReply(await transport(withSession(request, session)), expected);
          fed++;
        }
        expect(fed).toBeGreaterThan(0);
        tally(task, 'hostile inputs', fed);
      });
    }

    test('after all of them it answers as ever', async () => {
      expect(await makeSession(transport)).toMatch(/^ws:test:\d+:\w+$/);
    });
  });
}

/** A session of `test`, for the cookies that are good. */
async function makeSession(transport: Transport): Promise<string> {
  const body = Buffer.from('mode=sessiongenerate&user=test&password=test');
  const { text } = await transport({ verb: 'POST', path: '/interface/flat', headers: [], body });
  return /^ljsession\n(.*)$/m.exec(text)?.[1] ?? text;
}

/** `{session}` in a header is the live session, `{encoded}` the same URL-encoded, `{auth}` its last part. */
function withSession(request: HostileRequest, session: string): HostileRequest {
  const parts: Readonly<Record<string, string>> = {
    session,
    encoded: encodeURIComponent(session),
    auth: session.split(':')[3] ?? '',
    id: session.split(':')[2] ?? '',
  };
  const headers = request.headers.map(([name, value]) => {
    return [
      name,
      value.replace(/\{(session|encoded|auth|id)\}/g, (_, part: string) => parts[part] ?? ''),
    ] as const;
  });
  return { ...request, headers };
}
