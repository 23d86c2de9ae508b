/** The picture for the README: each kind of work as a share of the floor, and where it is to be. */
import * as vega from 'vega';
import { compile } from 'vega-lite';
import { honestShare } from './verdict.ts';
import type { WorkRow } from './work.ts';

/** Draws the work over new connections as SVG. */
export async function chart(rows: readonly WorkRow[]): Promise<string> {
  const shown = rows.filter(({ connections }) => connections === 'new');
  const values = shown.map((row) => ({
    work: row.work,
    server: row.server,
    share: Number(honestShare(row).toFixed(3)),
    target: row.target ?? null,
  }));
  const works = [...new Set(shown.map(({ work }) => work))];
  const servers = [...new Set(shown.map(({ server }) => server))];
  const { spec } = compile({
    title: 'Conversations a second, as a share of what a server that does nothing answers',
    background: 'white',
    padding: 12,
    width: 560,
    data: { values },
    encoding: {
      y: { field: 'work', type: 'nominal', sort: works, title: null, axis: { labelLimit: 240 } },
    },
    layer: [
      {
        mark: { type: 'bar' },
        encoding: {
          x: { field: 'share', type: 'quantitative', title: 'share of the floor; the mark is the target' },
          yOffset: { field: 'server', type: 'nominal', sort: servers },
          color: { field: 'server', type: 'nominal', sort: servers, title: null },
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
