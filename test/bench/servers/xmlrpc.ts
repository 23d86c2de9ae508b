/** The peer made with npm's `xmlrpc`. */
import xmlrpc from 'xmlrpc';
import { getchallenge, login } from './site.ts';

const server = xmlrpc.createServer({ host: '127.0.0.1', port: 0 }, () => {
  const address = server.httpServer.address();
  if (typeof address === 'object') process.send?.(address?.port);
});
server.on('LJ.XMLRPC.getchallenge', (_error, _params, answer) => answer(null, getchallenge()));
server.on('LJ.XMLRPC.login', (_error, [call], answer) => {
  const profile = login(call);
  answer(profile ? null : { faultCode: 101, faultString: 'Invalid password' }, profile);
});
