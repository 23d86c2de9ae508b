/** The picture for the README: each kind of work as a share of the floor, and where it is to be. */
import * as vega from 'vega';
import { compile } from 'vega-lite';
import { honestShare } from './verdict.ts';
import type { WorkRow } from './work.ts';

/** Draws the work over new connections as SVG. */
export async function chart(rows: readonly WorkRow[]): Promise<string> {
  const shown = rows.filter(({ connections }) => connections === 'new');
  const values = shown.map((row) => ({
    // What stands before the bar keeps rows apart and is not shown.
    row: `${row.work}|${labelOf(row)}`,
    whose: row.server.startsWith('ljgate') ? 'ljgate' : 'others',
    share: Number(honestShare(row).toFixed(3)),
    target: row.target ?? null,
  }));
  const { spec } = compile({
    title: 'Conversations a second, as a share of what a server that does nothing answers',
    background: 'white',
    padding: 12,
    width: 520,
    height: { step: 22 },
    data: { values },
    encoding: {
      y: {
        field: 'row',
        type: 'nominal',
        sort: null,
        title: null,
        axis: { labelLimit: 300, labelExpr: "split(datum.value, '|')[1]" },
      },
    },
    layer: [
      {
        mark: { type: 'bar' },
        encoding: {
          x: { field: 'share', type: 'quantitative', title: 'share of the floor; marks are targets' },
          color: {
            field: 'whose',
            type: 'nominal',
            scale: { domain: ['ljgate', 'others'], range: ['#4c78a8', '#bab0ac'] },
            title: null,
          },
        },
      },
      {
        transform: [{ filter: 'datum.target !== null' }],
        mark: { type: 'tick', color: 'black', thickness: 2 },
        encoding: { x: { field: 'target', type: 'quantitative' } },
      },
    ],
  });
  return new vega.View(vega.parse(spec), { renderer: 'none' }).toSVG();
}

function labelOf({ server, work }: WorkRow): string {
  if (server !== 'ljgate')
    return server.startsWith('ljgate ') ? `… with${server.slice('ljgate'.length)}` : `… by ${server}`;
  return work.includes('never seen') ? `${work}: of bare argon2` : work;
}
