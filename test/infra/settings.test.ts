/** The table of settings, against itself, the core's defaults, the deployment and the guide. */
import { readFileSync } from 'node:fs';
import { Option } from 'commander';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { defaultBans } from '../../core/auth/bans.ts';
import { defaultSessionRate } from '../../core/auth/rate-counter.ts';
import { banRules, createSettings } from '../../infra/compose.ts';
import * as settings from '../../infra/settings.ts';
import { parseBan } from '../../infra/settings-parsers.ts';
import { readSettings } from '../../infra/settings-reader.ts';
import type { Setting } from '../../infra/settings-schema.ts';

const read = (path: string) => readFileSync(new URL(`../../${path}`, import.meta.url), 'utf8');
const table = Object.entries<Setting>(settings);
const withFlag = table.flatMap(([name, setting]) =>
  setting.flag === undefined ? [] : [{ name, ...setting, option: new Option(setting.flag) }],
);

describe.each(table)('%s', (name, setting) => {
  test('is called the same in its variable', () => {
    const words = name.replace(/[A-Z]/g, (letter) => `_${letter}`).toUpperCase();
    expect(['', 'LJGATE_'].map((prefix) => `${prefix}${words}`)).toContain(setting.variable);
  });

  test.skipIf(setting.default === undefined)('has a default that its parser takes', () => {
    expect(() => setting.parse(setting.default ?? '')).not.toThrow();
  });
});

test.each(withFlag)('$name is called the same in $flag', ({ name, option }) => {
  expect(option.attributeName()).toBe(name);
});

test('bans are by default what the core has for them', () => {
  expect(settings.loginBan.parse(settings.loginBan.default)).toEqual(defaultBans.pair);
  expect(parseBan(settings.sweepBan.unset.split(',')[0] ?? '')).toEqual(defaultBans.sweep);
});

test('the rate of sessions is by default what the core has for it', () => {
  expect(settings.sessionRate.parse(settings.sessionRate.default)).toEqual(defaultSessionRate);
  expect(createSettings({ sessionRate: 'off' }).sessionRate).toBe('off');
  for (const text of ['0/300', '60/0', '60', '-1/5', 'on']) {
    expect(() => settings.sessionRate.parse(text)).toThrow(
      'wants SESSIONS/SECONDS, for example 60/300, or "off"',
    );
  }
});

const rule = { refusals: 7, seconds: 70 };
test.each([
  [{ loginBan: rule }, { pair: rule, sweep: defaultBans.sweep }],
  [
    { loginBan: rule, sweepBan: 'off' },
    { pair: rule, sweep: 'off' },
  ],
  [{ loginBan: 'off' }, { pair: 'off', sweep: 'off' }],
  [
    { loginBan: 'off', sweepBan: rule },
    { pair: 'off', sweep: rule },
  ],
] as const)('the rules of %j are %j', (values, rules) => {
  expect(banRules(values)).toEqual(rules);
});

describe('a reader', () => {
  const { store, secret, originProof, loginBan, sweepBan, accountBan, upstream } = settings;
  const admin = { store, secret, loginBan, sweepBan, accountBan, upstream };

  test('that forgets one of its settings, or reads one that is not its own, does not compile', () => {
    const variables = { LJGATE_STORE: 'memory', LJGATE_SECRET: 'secret.json' };
    // @ts-expect-error: the admin function reads the secret, too.
    expect(readSettings('admin', { store }, variables)).toEqual({ store: { kind: 'memory' } });
    // @ts-expect-error: it does not read this one.
    expect(readSettings('admin', { ...admin, originProof }, variables)).toHaveProperty('store');
  });

  test('gets values, or their defaults, or nothing', () => {
    const { console, demo } = settings;
    expect(readSettings('workerPages', { console, demo }, { LJGATE_DEMO: 'on' })).toEqual({
      console: true,
      demo: true,
    });
    expect(readSettings('authorizer', { store, originProof }, { LJGATE_STORE: 'dynamodb:lj' })).toEqual({
      store: { kind: 'dynamodb', prefix: 'lj' },
    });
  });

  test.each([
    [{ LJGATE_SECRET: 'x' }, /^LJGATE_STORE is not set$/],
    [{ LJGATE_STORE: '', LJGATE_SECRET: 'x' }, /^LJGATE_STORE is not set$/],
    [{ LJGATE_STORE: 'redis:x', LJGATE_SECRET: 'x' }, /^LJGATE_STORE wants .*; got "redis:x"$/],
  ])('of %j names the variable that is wrong', (variables, message) => {
    expect(() => readSettings('admin', admin, variables)).toThrow(message);
  });

  test('does not repeat a confidential value', () => {
    const { rootSecret, sessionRate, remember, site } = settings;
    const { upstreamAuth, upstreamLogin, upstreamIssuer } = settings;
    const behind = { upstream, upstreamAuth, upstreamLogin, upstreamIssuer };
    const worker = {
      rootSecret,
      store,
      loginBan,
      sweepBan,
      accountBan,
      sessionRate,
      remember,
      site,
      ...behind,
    };
    const variables = { LJGATE_ROOT_SECRET: { secret: 'hunter2' } };
    expect(() => readSettings('worker', worker, variables)).toThrow(/^LJGATE_ROOT_SECRET (?!.*hunter2)/);
  });
});

describe('a deployment', () => {
  const deployment = parse(read('serverless.yml'));
  const parameters = table.flatMap(([name, { parameter, ...setting }]) =>
    parameter === undefined ? [] : [{ name, parameter, ...setting }],
  );

  test.each(parameters)('sets $variable by its parameter $parameter', (setting) => {
    const environments = [
      deployment.provider,
      ...Object.values<{ environment?: object }>(deployment.functions),
    ];
    const set = environments.flatMap(({ environment = {} }) => Object.entries(environment));
    expect(set).toContainEqual([setting.variable, `\${param:${setting.parameter}}`]);
    const usual = setting.default ?? setting.unset?.split(',')[0];
    const [, byDefault] = /, '(.*)'\}$/.exec(deployment.params.default[setting.parameter]) ?? [];
    // Nothing stands for a setting that may be left out.
    expect([usual, '']).toContain(byDefault);
  });
});

test('the guide has a row for each flag, with its variable and its default, and no other row', () => {
  const [, rows = ''] =
    /^\| (?:Flag|flag) .*\n\|[-| ]+\|\n((?:\|.*\n)+)/m.exec(read('infra/guides/operating.md')) ?? [];
  const cells = rows
    .trim()
    .split('\n')
    .map((row) =>
      row
        .split('|')
        .slice(1, 4)
        .map((cell) => cell.replaceAll('`', '').trim()),
    );
  const wanted = withFlag.map((setting) => [
    setting.option.long,
    setting.variable,
    setting.default ?? setting.unset,
  ]);
  expect(cells.toSorted()).toEqual(wanted.toSorted());
});
