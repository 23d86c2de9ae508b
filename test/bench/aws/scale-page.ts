/** The page about scale, as Markdown. */
import type { Billed } from '../billed.ts';
import { table } from '../table.ts';
import { memory } from './cost.ts';
import { assumed, callsADay, type Needs } from './model.ts';
import { pricesDate, pricesRegion } from './prices.ts';
import { quotaLoads, shareOf } from './quota-load.ts';
import { quotas } from './quotas.ts';
import { accountsText, numberText } from './texts.ts';

/** The whole page; `picture`: its file beside the page. */
export function scalePage(sizes: readonly Needs[], measured: Billed, picture: string): string {
  const head = sizes.map(({ accounts }) => `${accountsText(accounts)}#`);
  return `${[
    '# How far it scales on AWS',
    'For those who plan a deployment. It says what 10,000, a million and a hundred million accounts need, what they cost, and which limit is met first.',
    '`npm run scale` writes this page from [committed numbers](../../test/bench/aws/measured.json). The milliseconds, rows and log lines of each call are measured by `npm run bench` on the packaged functions ([RESULTS.md](../../test/bench/RESULTS.md)); the rest is arithmetic. No deployment of this size was measured.',
    `![The share of each quota that each size takes](${picture})`,
    '## What is assumed',
    assumptions(measured),
    '## What is needed',
    'Rates are those of the busiest second.',
    table(['accounts', ...head], needs(sizes)),
    '## Which limit is met first',
    firstMet(sizes),
    `Quotas of ${pricesRegion}, as an account has them at first. The numbers under the sizes are the load, **bold** where it is more than the quota.`,
    table(['quota', 'at first#', ...head, 'raised'], quotaRows(sizes)),
    ...hotKeys(),
    '## What it costs a month',
    `Dollars, at the list prices of ${pricesRegion} (first tiers, noted on ${pricesDate}), without free amounts, CloudFront, data out and starts of functions; every method is in use. [AWS](aws.md#what-it-costs) has the prices of one call. At a hundred million accounts AWS's own tiers and contracts change these numbers.`,
    table(['accounts', ...head], money(sizes)),
    ...oneRegion(),
  ].join('\n\n')}\n`;
}

function assumptions({ delay }: Billed): string {
  const calls = Object.values(callsADay).reduce((sum, count) => sum + count, 0);
  const rows = Object.entries(callsADay).map(([call, count]) => [call, String(count)]);
  return [
    `Each account makes ${numberText(calls)} calls a day, all accounts taken together:`,
    table(['call', 'a day#'], rows),
    [
      `- The busiest second has ${assumed.peak} times the calls of an average one.`,
      `- The busiest network has ${assumed.oneNetwork * 100} in 100 of all calls.`,
      `- Functions have ${memory} MB, and each request to AWS takes ${delay} ms more than to an emulator on the same machine.`,
      `- An expired row stays ${assumed.expiredDays} days, until DynamoDB removes it, and a session ${assumed.sessionDays} days in all.`,
      '- A function sends its log lines once a second.',
      "Change these in [model.ts](../../test/bench/aws/model.ts) to your site's numbers, and run the script.",
    ]
      .join('\n')
      .replace('\nChange', '\n\nChange'),
  ].join('\n\n');
}

function needs(sizes: readonly Needs[]): string[][] {
  const row = (name: string, value: (needs: Needs) => number) => [
    name,
    ...sizes.map((one) => numberText(value(one))),
  ];
  return [
    row('calls a second, on average', ({ average }) => average),
    row('calls a second', ({ calls }) => calls),
    row('functions at work at once', ({ concurrency }) => concurrency),
    row('rows read a second, table users', ({ usersReads }) => usersReads),
    row('rows read a second, table sessions', ({ sessionsReads }) => sessionsReads),
    row('rows written a second, table sessions', ({ writes }) => writes),
    row('reads a second of the row of the busiest network', ({ networkReads }) => networkReads),
    row('tables, GB', ({ tableGigabytes }) => tableGigabytes),
    row('log lines, GB a month', ({ logGigabytes }) => logGigabytes),
  ];
}

function firstMet(sizes: readonly Needs[]): string {
  const lines = sizes.map((one) => {
    const ranked = quotaLoads.toSorted((a, b) => shareOf(b, one) - shareOf(a, one));
    const met = ranked.filter((load) => shareOf(load, one) > 1).map(({ name }) => name);
    const [nearest] = ranked;
    const all = `- ${accountsText(one.accounts)} accounts: `;
    if (met.length > 0) return `${all}${met.join('; ')}.`;
    return `${all}none. The nearest is ${nearest?.name}, with ${numberText(100 * (nearest ? shareOf(nearest, one) : 0))} in 100.`;
  });
  return [
    'The quotas that are too small for each size, the one that is met first at the head:',
    ...['', ...lines],
  ].join('\n');
}

function quotaRows(sizes: readonly Needs[]): string[][] {
  return quotaLoads.map((one) => [
    `[${one.name}](${one.quota.source})`,
    one.quota.limit.toLocaleString('en'),
    ...sizes.map((needs) => {
      const load = numberText(one.load(needs));
      return shareOf(one, needs) > 1 ? `**${load}**` : load;
    }),
    one.quota.raised,
  ]);
}

function hotKeys(): string[] {
  const reads = quotas.keyReads.limit.toLocaleString('en');
  const writes = quotas.keyWrites.limit.toLocaleString('en');
  return [
    '### Hot keys',
    `One partition key takes ${reads} reads and ${writes} writes a second, whatever the table takes; nobody can raise that. These rows could meet it:`,
    [
      `- **An account's row.** Every call for the account reads it once: at ${reads} calls a second for one account, its calls begin to be refused with 502, and nobody else's. A site's own program that signs in as one account for everybody is the likely one; let it use \`/session\`, or a token and [the interface for sites](api.md), and keep what it learned for some seconds.`,
      `- **The refusals of one network.** Each log-in from a network reads the row that counts its refusals over all accounts: ${reads} log-ins a second from one address. So a proxy that hides its clients' addresses is a limit, and a danger: its clients are banned together. The row is written at a refused log-in alone, and the default ban \`100/300\` ends that after 100 refusals; it has then about 1.5 KB, so the last writes count twice.`,
      '- **The refusals of one account from one network.** Five of them are a ban, and then the row is not written any more.',
      '- **The refusals of one account from everywhere**, where `accountBan` is on: the same, after as many refusals as the ban says.',
      '- **The sessions of one account** share a key, so they meet the limit together with the row of the account.',
      '- **Spent challenges** have a key each.',
      "A flood of wrong passwords for one account from many networks is many keys, and one row that is read: the account's.",
    ]
      .join('\n')
      .replace('\nA flood', '\n\nA flood'),
  ];
}

function money(sizes: readonly Needs[]): string[][] {
  const row = (name: string, value: (needs: Needs) => number) => [
    name,
    ...sizes.map((one) => numberText(value(one))),
  ];
  return [
    row('HTTP API', ({ money: { api } }) => api),
    row('functions', ({ money: { functions } }) => functions),
    row('DynamoDB, requests', ({ money: { requests } }) => requests),
    row('DynamoDB, storage and point-in-time recovery', ({ money: { storage } }) => storage),
    row('logs, stored for 90 days', ({ money: { logs } }) => logs),
    row('secrets, alarms, metrics, dashboard, KMS', ({ money: { rest } }) => rest),
    row('together', ({ money: { together } }) => together),
    row('for a thousand accounts', ({ accounts, money: { together } }) => (1000 * together) / accounts),
  ];
}

function oneRegion(): string[] {
  const howItWorks =
    'https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/V2globaltables_HowItWorks.html';
  return [
    '## Why one region',
    `A stage is in one region. DynamoDB has two kinds of tables over several regions ([how they work](${howItWorks})), and neither fits:`,
    [
      '- **With eventual consistency** a write reaches the other regions within about a second, and a condition is checked against the rows of its own region. A challenge is spent by a conditional put. Two calls with the same challenge, in two regions within that second, would both succeed: who reads a log-in on its way could repeat it elsewhere. Ended sessions would hold on in the other region for as long, and each region would count its own refusals for a ban.',
      '- **With strong consistency** that cannot happen, but such tables have no time to live. Spent challenges, refusals and ended sessions would stay for ever, or a program of ours would have to find and delete them: at a hundred million accounts hundreds of millions of rows a day. Each write would also wait for another region.',
      'So callers far away wait for the distance, and when the region is down the stage is down. Point-in-time recovery can restore tables in another region. [DECISIONS.md](../../DECISIONS.md#one-region) says when to look at this again.',
    ]
      .join('\n')
      .replace('\nSo callers', '\n\nSo callers'),
  ];
}
