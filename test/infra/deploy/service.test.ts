/** The service files: systemd's own checks, and the steps of the Containerfile without an engine. */
import { spawnSync } from 'node:child_process';
import { copyFileSync, existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { requireProgram } from '../../support/requirements.ts';
import { freshFolder } from '../../support/server.ts';

const folder = fileURLToPath(new URL('../../../infra/deploy/service/', import.meta.url));
const read = (name: string) => readFileSync(join(folder, name), 'utf8');

describe.skipIf(!requireProgram('systemd-analyze'))('ljgate.service', () => {
  const analyze = async (...args: string[]) => {
    const unit = join(await freshFolder(), 'ljgate.service');
    copyFileSync(join(folder, 'ljgate.service'), unit);
    return spawnSync('systemd-analyze', [...args, unit], { encoding: 'utf8' });
  };

  test('is a unit that systemd understands', async () => {
    const { status, stderr } = await analyze('verify');
    expect([status, stderr]).toEqual([0, '']);
  });

  test('exposes at most 2.0', async () => {
    const { status, stdout } = await analyze('security', '--offline=true', '--threshold=20');
    const [, level = ''] = /Overall exposure level for ljgate\.service: ([\d.]+)/.exec(stdout) ?? [];
    expect(Number(level)).toBeGreaterThan(0);
    expect(Number(level)).toBeLessThanOrEqual(2);
    expect(status).toBe(0);
  });
});

describe('the container', () => {
  const steps = read('Containerfile').replaceAll('\\\n', ' ');
  const service = parse(read('compose.yml')).services.ljgate;

  test('has two stages, and ends as a user without rights', () => {
    expect(steps.match(/^FROM /gm)).toHaveLength(2);
    const [, users = ''] = /(?:.*^FROM ){2}(.*)/ms.exec(steps) ?? [];
    expect([...users.matchAll(/^USER (.+)$/gm)].map(([, user]) => user)).toEqual(['node']);
  });

  test('installs what the lock says, and nothing that is newer', () => {
    const installs = steps.match(/^RUN npm (?:ci|install)\b.*/gm) ?? [];
    expect(installs).toHaveLength(2);
    for (const install of installs) expect(install).toMatch(/^RUN npm ci /);
  });

  test('asks /healthz whether it is well', () => {
    const [, check = '[]'] = /^HEALTHCHECK .*? CMD (.+)$/m.exec(steps) ?? [];
    expect(JSON.parse(check).join(' ')).toContain('/healthz');
  });

  test('runs with a root that is read-only, behind Caddy, whose word it takes for the visitor’s address', () => {
    const { caddy } = parse(read('compose.yml')).services;
    expect(service).toMatchObject({ read_only: true, cap_drop: ['ALL'] });
    expect(service.ports).toBeUndefined();
    expect(service.environment.LJGATE_TRUST_PROXY).toBe(caddy.networks.front.ipv4_address);
    expect(caddy.depends_on.ljgate.condition).toBe('service_healthy');
  });

  test('is built from files that are there', () => {
    const { context, dockerfile } = service.build;
    expect(existsSync(join(folder, context, dockerfile))).toBe(true);
    expect(steps).toContain('npm pack --pack-destination /tmp');
  });
});
