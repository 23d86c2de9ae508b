/** Looks at a deployment through its front door: does it hand out challenges, refuse a log-in, and show its pages? */
import { type Finding, failed, passed } from '../../stores/finding.ts';

/** Where a deployment is: its outputs `FlatUrl`, `XmlrpcUrl` and `WebUrl`. */
export interface FrontDoor {
  readonly flat: string;
  readonly xmlrpc: string;
  readonly web: string;
}

/** Milliseconds: a first call starts a function. */
const patience = 20_000;

const challengeCall =
  '<?xml version="1.0"?><methodCall><methodName>LJ.XMLRPC.getchallenge</methodName><params/></methodCall>';

/** A name that no account has: it is longer than the protocol allows. */
const nobody = 'nobody_has_this_name';

interface Check {
  readonly what: string;
  readonly url: string;
  readonly body?: string;
  readonly type?: string;
  readonly status: number;
  readonly text: RegExp;
}

/** A finding for each check. Counts no refusal against anybody: the name of the log-in cannot be one. */
export async function checkDeployment(door: FrontDoor): Promise<readonly Finding[]> {
  const form = 'application/x-www-form-urlencoded';
  const page = (path: string) => new URL(path, door.web).href;
  const checks: readonly Check[] = [
    {
      what: 'flat: a challenge',
      url: door.flat,
      body: 'mode=getchallenge',
      type: form,
      status: 200,
      text: /success\nOK\n/,
    },
    {
      what: 'XML-RPC: a challenge',
      url: door.xmlrpc,
      body: challengeCall,
      type: 'text/xml',
      status: 200,
      text: /<name>challenge<\/name>/,
    },
    {
      what: 'flat: a log-in that is refused',
      url: door.flat,
      body: `mode=login&user=${nobody}&password=x`,
      type: form,
      status: 200,
      text: /Invalid username/,
    },
    { what: 'the front page', url: page('/'), status: 200, text: /<html/ },
    { what: 'the sign-in page', url: page('/account'), status: 200, text: /<form/ },
    { what: 'the session check, without a session', url: page('/session'), status: 401, text: /^/ },
  ];
  return Promise.all(checks.map(check));
}

/** A line for each check, and where one failed, the way back. */
export function describeChecks(
  findings: readonly Finding[],
  stage: string,
  region: string,
): readonly string[] {
  const lines = findings.map(({ what, well, detail }) => `${well ? 'ok  ' : 'FAIL'} ${what}: ${detail}`);
  if (findings.every(({ well }) => well)) return lines;
  return [
    ...lines,
    'The stack is deployed, and does not do what it should. Lines of level ERROR in the functions’ logs say more.',
    'The way back: list the deployments, then name the one before the last with --timestamp.',
    `  npm run rollback -- --stage ${stage} --region ${region}`,
  ];
}

async function check({ what, url, body, type, status, text }: Check): Promise<Finding> {
  const remedy = 'look at the newest lines of level ERROR in the functions’ logs';
  try {
    const sent = body === undefined ? {} : { method: 'POST', headers: { 'Content-Type': type ?? '' }, body };
    const reply = await fetch(url, { ...sent, signal: AbortSignal.timeout(patience) });
    const answer = await reply.text();
    if (reply.status === status && text.test(answer)) return passed(what, `${status}`);
    const got = answer.replaceAll(/\s+/g, ' ').slice(0, 120);
    return failed(what, `answered ${reply.status}, ${got}`, remedy);
  } catch (error) {
    return failed(what, error instanceof Error ? error.message : String(error), remedy);
  }
}
