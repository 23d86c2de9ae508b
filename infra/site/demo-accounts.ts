/** Demo accounts, with public passwords: one for each thing that a client may have to cope with. */
import { type Account, type UserId, userIdOf } from '../../core/accounts/account.ts';
import { type AccountJson, type AccountLine, parseAccountLine } from '../../core/accounts/account-line.ts';
import type { AccountDirectory, Administration, WriteOutcome } from '../../core/accounts/administration.ts';
import { type AccountCreationPorts, createAccount } from '../../core/accounts/create-account.ts';
import type { Username } from '../../core/accounts/username.ts';

/** A line with its number. */
export type DemoAccount = AccountLine & { readonly userid: UserId };

const pictures = 'https://example.com/userpic';

/** The account of the reference pages' samples, which client authors are told to try. */
const test: AccountJson = {
  username: 'test',
  userid: 3,
  fullname: 'Test Account',
  password: 'test',
  message: 'Welcome to ljgate. This is the message that the account "test" gets at every login.',
  friendgroups: [
    { id: 1, name: 'Family', sortorder: 20, public: false },
    { id: 2, name: 'Work', sortorder: 5, public: false },
    { id: 5, name: 'Book Club', sortorder: 10, public: true },
    { id: 6, name: 'Café & Crème', sortorder: 10, public: false },
    { id: 30, name: 'Друзья', sortorder: 0, public: true },
  ],
  usejournals: ['test2', 'demo_community', 'news'],
  // ASCII alone: an old ljdump on Python 2 dies of any other keyword.
  pictures: [
    { keyword: 'happy', url: `${pictures}/1/3` },
    { keyword: 'Angry', url: `${pictures}/2/3` },
    { keyword: 'at the cafe', url: `${pictures}/3/3` },
    { keyword: 'ZZZ', url: `${pictures}/4/3` },
    { keyword: 'cat', url: `${pictures}/5/3` },
  ],
  defaultpicurl: `${pictures}/1/3`,
  fastserver: false,
  caps: 5,
};

const password = 'demo';

const others: readonly AccountJson[] = [
  {
    username: 'demo_unicode',
    userid: 101,
    fullname: 'Тест Ünïcødé 名前 🎉',
    password,
    message: 'Добро пожаловать! 欢迎 🎉',
    friendgroups: [{ id: 1, name: '友達', sortorder: 1, public: true }],
    pictures: [
      { keyword: 'at the café', url: `${pictures}/1/101` },
      { keyword: 'кот', url: `${pictures}/2/101` },
    ],
    fastserver: true,
  },
  { username: 'demo_readonly', userid: 102, fullname: 'Demo Readonly', password, status: 'readonly' },
  { username: 'demo_deleted', userid: 103, fullname: 'Demo Deleted', password, status: 'deleted' },
  { username: 'demo_locked', userid: 104, fullname: 'Demo Locked', password, status: 'locked' },
  { username: 'demo_suspended', userid: 105, fullname: 'Demo Suspended', password, status: 'suspended' },
  { username: 'demo_memorial', userid: 106, fullname: 'Demo Memorial', password, status: 'memorial' },
  { username: 'demo_expunged', userid: 107, fullname: 'Demo Expunged', password, status: 'expunged' },
  { username: 'demo_plainonly', userid: 108, fullname: 'Demo Plain Only', password, challenge: false },
  {
    username: 'demo_clientkey',
    userid: 109,
    fullname: 'Demo Client Key',
    password,
    clientkeys: [{ name: 'laptop', secret: 'demo-client-key-laptop' }],
    challenge: false,
  },
];

/** Every demo account, `test` first. */
export const demoAccounts: readonly DemoAccount[] = [test, ...others].map(checked);

/** Numbers that are allotted have to lie above it. */
const highestDemoUserid = userIdOf(Math.max(...demoAccounts.map(({ userid }) => userid)));

function checked(json: AccountJson): DemoAccount {
  const parsed = parseAccountLine(json);
  if (!parsed.ok) throw new Error(`demo account ${json.username}: ${parsed.reason}`);
  const { userid } = parsed.line;
  if (userid === undefined) throw new Error(`demo account ${json.username}: has no userid`);
  return { ...parsed.line, userid };
}

/** Names and passwords that may be shown to anybody, where the demo accounts are served. */
export const demoLogins = demoAccounts.map(({ username, password = '' }) => ({ username, password }));

/**
 * Adds the demo accounts that the store lacks, and gives their names. Those that are there stay as
 * they are and cost no hash, so a restart is quick and keeps what somebody tried out. One whose number
 * another account has gets a number that is free, and is left out when there is none.
 */
export async function seedDemo(
  { admin: { accounts } }: { readonly admin: Pick<Administration, 'accounts'> },
  ports: AccountCreationPorts,
): Promise<readonly Username[]> {
  await accounts.reserveUserids(highestDemoUserid);
  const there = await accounts.read(demoAccounts.map(({ username }) => username));
  const added: Username[] = [];
  for (const line of demoAccounts) {
    if (there.has(line.username)) continue;
    const account = await createAccount(line, ports, line.userid);
    let outcome = await addTo(accounts, account);
    while (outcome === 'useridTaken') {
      const userid = await accounts.allotUserids(1);
      if (userid === undefined) break;
      outcome = await addTo(accounts, { ...account, userid });
    }
    if (outcome === 'done') added.push(line.username);
  }
  return added;
}

async function addTo(accounts: AccountDirectory, account: Account): Promise<WriteOutcome> {
  const [outcome = 'conflict'] = await accounts.write([{ kind: 'add', account }]);
  return outcome;
}
