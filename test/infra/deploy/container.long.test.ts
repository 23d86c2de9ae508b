/** The Containerfile without an engine: its own steps, line by line, in an empty folder in place of the image's root. */
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, existsSync, mkdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { freshFolder } from '../../support/server.ts';

const root = fileURLToPath(new URL('../../../', import.meta.url));

interface Step {
  readonly name: string;
  readonly rest: string;
}

function stepsOf(file: string): Step[] {
  const lines = readFileSync(join(root, file), 'utf8')
    .replaceAll(/\\\n */g, '')
    .split('\n');
  return lines
    .filter((line) => /^[A-Z]+ /.test(line))
    .map((line) => ({ name: line.slice(0, line.indexOf(' ')), rest: line.slice(line.indexOf(' ') + 1) }));
}

/** The words of `NAME=VALUE NAME=VALUE`. */
const variables = (text: string) =>
  Object.fromEntries(text.split(/\s+/).map((pair) => [pair.replace(/=.*/, ''), pair.replace(/^[^=]*=/, '')]));

test('the steps of the Containerfile make a server that serves, is well, and ends by SIGTERM', async () => {
  const image = await freshFolder();
  const inside = (text: string) =>
    text
      .replaceAll(/(?<![\w.:/])\/(build|app|tmp|var\/lib\/ljgate)\b/g, (path) => image + path)
      .replaceAll('sqlite:/', `sqlite:${image}/`)
      // The user of the image is whoever runs this.
      .replaceAll('node:node', `${process.getuid?.()}:${process.getgid?.()}`);
  for (const path of ['tmp', 'var/lib']) mkdirSync(join(image, path), { recursive: true });
  let folder = image;
  let env: NodeJS.ProcessEnv = { ...process.env, HOME: image };
  const commands = new Map<string, string[]>();
  for (const { name, rest } of stepsOf('infra/deploy/service/Containerfile')) {
    switch (name) {
      case 'WORKDIR':
        folder = inside(rest);
        mkdirSync(folder, { recursive: true });
        break;
      case 'COPY': {
        // From the other stage, whose root is the same folder here.
        if (rest.startsWith('--from')) break;
        const tracked = execFileSync('git', ['ls-files'], { cwd: root, encoding: 'utf8' }).trim().split('\n');
        for (const path of tracked) {
          mkdirSync(join(folder, dirname(path)), { recursive: true });
          cpSync(join(root, path), join(folder, path));
        }
        break;
      }
      case 'RUN':
        execFileSync('sh', ['-c', inside(rest)], { cwd: folder, env, stdio: 'pipe' });
        break;
      case 'ENV': {
        const more = variables(inside(rest));
        env = { ...env, ...more, PATH: more['PATH']?.replace('$PATH', env['PATH'] ?? '') ?? env['PATH'] };
        break;
      }
      case 'HEALTHCHECK':
        commands.set(name, JSON.parse(rest.slice(rest.indexOf('['))));
        break;
      case 'ENTRYPOINT':
      case 'CMD':
        commands.set(name, JSON.parse(rest));
        break;
    }
  }
  const { packages } = JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8'));
  const installed = JSON.parse(readFileSync(join(image, 'app/node_modules/.package-lock.json'), 'utf8'));
  for (const [path, { integrity }] of Object.entries<{ integrity: string }>(installed.packages)) {
    expect([path, integrity]).toEqual([path, packages[path].integrity]);
  }
  expect(existsSync(join(image, 'app/node_modules/typescript'))).toBe(false);
  const [program = '', ...args] = [...(commands.get('ENTRYPOINT') ?? []), ...(commands.get('CMD') ?? [])];
  const server = spawn(program, args, {
    cwd: folder,
    env: { ...env, LJGATE_PORT: '0', LJGATE_HOST: '127.0.0.1' },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const [line] = await once(createInterface(server.stdout), 'line');
  const url = /http:\/\/127\.0\.0\.1:\d+/.exec(line)?.[0] ?? '';
  const [, ...check] = (commands.get('HEALTHCHECK') ?? []).map((each) =>
    each.replace('http://127.0.0.1:8080', url),
  );
  execFileSync(process.execPath, check);
  const reply = await fetch(`${url}/interface/flat`, { method: 'POST', body: 'mode=getchallenge' });
  expect(await reply.text()).toContain('success\nOK\n');
  server.kill('SIGTERM');
  expect(await once(server, 'exit')).toEqual([0, null]);
});
