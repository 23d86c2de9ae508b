/** The peer made with `@foxglove/xmlrpc`. */
import { XmlRpcFault, XmlRpcServer } from '@foxglove/xmlrpc';
import { HttpServerNodejs } from '@foxglove/xmlrpc/nodejs';
import { getchallenge, login } from './site.ts';

const server = new XmlRpcServer(new HttpServerNodejs());
server.setHandler('LJ.XMLRPC.getchallenge', async () => getchallenge());
server.setHandler('LJ.XMLRPC.login', async (_name, [call]) => {
  const profile = login(call);
  if (!profile) throw new XmlRpcFault('Invalid password', 101);
  return profile;
});
await server.listen(0, '127.0.0.1');
process.send?.(server.port());
