/** Proxies before a small site: the configs of infra/deploy/proxies, run for real on free ports. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { chmod, writeFile } from 'node:fs/promises';
import { createServer, request, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import net from 'node:net';
import { join } from 'node:path';
import { freshFolder } from './server.ts';

/** A config file as it is shipped. */
export function proxyConfig(name: string): string {
  return readFileSync(new URL(`../../infra/deploy/proxies/${name}`, import.meta.url), 'utf8');
}

/** The site behind the proxy: answers with the headers that reached it. */
export async function startUpstream(): Promise<Server> {
  const server = createServer((incoming, reply) => reply.end(JSON.stringify(incoming.headers)));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return server;
}

/** A port that nothing listens on. */
export async function freePort(): Promise<number> {
  const server = net.createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}

/** The ports that stand in a shipped config, and those to put in their place. */
export function withPorts(config: string, ports: { listen: number; ljgate: string; site: number }): string {
  return config
    .replace('listen 80;', `listen 127.0.0.1:${ports.listen};`)
    .replace(/^:80 \{/m, `:${ports.listen} {\n\tbind 127.0.0.1`)
    .replaceAll('127.0.0.1:8080', `127.0.0.1:${ports.ljgate}`)
    .replaceAll('127.0.0.1:3000', `127.0.0.1:${ports.site}`);
}

/** Starts nginx on a server block. */
export async function startNginx(config: string): Promise<ChildProcess> {
  const folder = await freshFolder();
  // Started by root, it works as another user, who keeps bodies in here.
  await chmod(folder, 0o755);
  const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'];
  const paths = temporary.map((name) => `${name}_temp_path ${folder}/${name};`).join(' ');
  await writeFile(
    join(folder, 'nginx.conf'),
    `daemon off; pid ${folder}/nginx.pid; error_log stderr;
     events {} http { access_log off; ${paths}\n${config}\n}`,
  );
  // Not `inherit`: a worker that outlives a killed master would hold the test's own output open.
  return spawn('nginx', ['-p', folder, '-c', join(folder, 'nginx.conf')], { stdio: 'ignore' });
}

/** Starts Caddy on a Caddyfile, without its admin socket. */
export async function startCaddy(config: string): Promise<ChildProcess> {
  const folder = await freshFolder();
  await writeFile(join(folder, 'Caddyfile'), `{\n\tadmin off\n}\n${config}`);
  const args = ['run', '--config', join(folder, 'Caddyfile'), '--adapter', 'caddyfile'];
  const env = { ...process.env, HOME: folder, XDG_DATA_HOME: folder, XDG_CONFIG_HOME: folder };
  return spawn('caddy', args, { stdio: 'ignore', env });
}

/** Waits until something listens. */
export async function listening(port: number): Promise<void> {
  for (let attempt = 0; attempt < 100; attempt++) {
    const socket = net.connect(port, '127.0.0.1');
    const open = await Promise.race([
      once(socket, 'connect').then(() => true),
      once(socket, 'error').then(() => false),
    ]).catch(() => false);
    socket.destroy();
    if (open) return;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  throw new Error(`nothing listens on ${port}`);
}

/** What came back from the proxy; `site` has the headers that its site saw, if it was asked. */
export interface Passed {
  readonly status: number;
  readonly text: string;
  readonly site: Readonly<Record<string, string>> | undefined;
}

/** A request to a proxy, from any address of this machine. */
export async function requestThrough(
  port: number,
  { path = '/', headers = {}, from = '127.0.0.1' }: ProxyRequest = {},
): Promise<Passed> {
  const outgoing = request({ port, host: '127.0.0.1', path, headers, localAddress: from, agent: false });
  outgoing.end();
  const [reply] = await once(outgoing, 'response');
  let text = '';
  for await (const chunk of reply) text += String(chunk);
  const site = reply.statusCode === 200 && text.startsWith('{') ? JSON.parse(text) : undefined;
  return { status: reply.statusCode, text, site };
}

/** One request. */
export interface ProxyRequest {
  readonly path?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly from?: string;
}
