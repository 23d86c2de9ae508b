/** Asks the site for its own result of login. It is asked in XML-RPC, whatever wire the client is on. @see PROTOCOL §10 */
import type { SiteLogins } from '../../../core/protocol/site-login.ts';
import type { Upstream } from '../../../infra/upstream/upstream.ts';
import { readMethodResponse } from '../xmlrpc/method-response.ts';
import { provedBy } from './relay.ts';
import { siteLoginOf } from './site-login.ts';
import { documentOf } from './xmlrpc-call.ts';

/** The largest result of login that is read, in bytes. */
const largestReply = 2 ** 20;

/** The port over a site. Where the site fails, `logFailure` gets the reason, and the own record answers. */
export function siteLogins(upstream: Upstream, logFailure: (error: Error) => void): SiteLogins {
  return {
    async read({ account, used, context, wishes }) {
      const { username } = account;
      const args = new Map([...wishes, ['ver', '1']]);
      const reply = await upstream.call({
        wire: 'xmlrpc',
        method: 'login',
        account,
        provedBy: provedBy(used),
        caller: { agent: context.agent, address: context.address },
        contentType: 'text/xml; charset=utf-8',
        body: (credentials) => documentOf('login', args, username, credentials),
        largestReply,
      });
      const failed = (reason: string, cause?: unknown) => {
        logFailure(new Error(`login of ${username} from its own record: ${reason}`, { cause }));
        return undefined;
      };
      if (reply.kind === 'failed') return failed(reply.reason, reply.cause);
      try {
        const response = await readMethodResponse(reply.body, reply.contentType);
        if (response.kind === 'fault') return failed('the site refuses it');
        return siteLoginOf(response.value) ?? failed('the site sent something else');
      } catch (error) {
        return failed('the site sent something else', error);
      } finally {
        reply.release();
      }
    },
  };
}
