/** The command line on a terminal: hidden passwords, questions, colours, the progress bar. */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { ljgate } from '../../support/cli.ts';
import { requireProgram } from '../../support/requirements.ts';
import { temporaryFolder } from '../../support/stores.ts';
import { onTerminal } from '../../support/terminal.ts';

const python = requireProgram('python3');
const folder = temporaryFolder();
const place = { folder, env: { LJGATE_STORE: `sqlite:${join(folder, 'lj.sqlite')}` } };

describe.skipIf(!python)('on a terminal (needs python3)', () => {
  test('a password is asked for twice and never shown', async () => {
    const { code, shown } = await onTerminal(
      place,
      ['accounts', 'add', 'alice'],
      [
        ['New password', 'geheim\r'],
        ['The same password again', 'gehein\r'],
        ['The two differ', '\u0015geheim\r'],
      ],
    );
    expect(code, shown).toBe(0);
    expect(shown).toMatch(/added alice, userid \d+/);
    expect(shown).not.toMatch(/gehei[mn]/);
  });

  test('Ctrl-C at the question does nothing and says so', async () => {
    const { code, shown } = await onTerminal(
      place,
      ['accounts', 'add', 'carol'],
      [['New password', '\u0003']],
    );
    expect([code, shown]).toEqual([1, expect.stringContaining('ljgate: cancelled; nothing was done')]);
    expect((await ljgate(place, ['accounts', 'show', 'carol'])).code).toBe(1);
  });

  test('what destroys asks, and a plain Enter means no', async () => {
    await ljgate(place, ['accounts', 'add', 'dora', '--generate']);
    const kept = await onTerminal(place, ['accounts', 'remove', 'dora'], [['for good?', '\r']]);
    expect([kept.code, kept.shown]).toEqual([1, expect.stringContaining('nothing was done')]);
    expect((await ljgate(place, ['accounts', 'show', 'dora'])).code).toBe(0);
    const gone = await onTerminal(place, ['accounts', 'remove', 'dora'], [['for good?', 'y\r']]);
    expect([gone.code, gone.shown]).toEqual([0, expect.stringContaining('removed dora')]);
  });

  test('a table has colours, unless NO_COLOR is set or it goes elsewhere', async () => {
    await ljgate(place, ['accounts', 'add', 'bob', '--generate']);
    expect((await onTerminal(place, ['accounts', 'list'])).shown).toContain('\u001b[1musername');
    const plain = { ...place, env: { ...place.env, NO_COLOR: '1' } };
    expect((await onTerminal(plain, ['accounts', 'list'])).shown).not.toContain('\u001b[');
    expect((await ljgate(place, ['accounts', 'list'])).stdout).not.toContain('\u001b[');
  });

  test('an import shows a bar with rate and time left, and bad lines above it', async () => {
    const lines = Array.from({ length: 3000 }, (_, i) => JSON.stringify({ username: `user_${i}` }));
    await writeFile(join(folder, 'some.jsonl'), ['{', ...lines].join('\n'));
    const { code, shown } = await onTerminal(place, ['import', 'some.jsonl']);
    expect(code, shown).toBe(1);
    expect(shown).toMatch(/[=█]+.* \d+ % \| \d+ accounts, \d+\/s \| \S+ left/);
    expect(shown).toMatch(/100 % \| 3001 accounts/);
    expect(shown).toContain('line 1: is not JSON');
    expect(shown).toContain('added 3000, updated 0, unchanged 0, skipped 0, refused 1');
  });

  test('a bad line is named though the import ends right after it', async () => {
    await writeFile(join(folder, 'bad.jsonl'), '{');
    const { shown } = await onTerminal(place, ['import', 'bad.jsonl']);
    expect(shown).toContain('line 1: is not JSON');
  });
});
