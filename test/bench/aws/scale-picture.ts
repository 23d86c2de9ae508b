/** The picture of the page: the share of each quota that each size takes. */
import * as vega from 'vega';
import { compile } from 'vega-lite';
import type { Needs } from './model.ts';
import { quotaLoads, shareOf } from './quota-load.ts';
import { accountsText } from './texts.ts';

const paper = '#ffffff';
const ink = '#24292f';
const lines = '#d0d7de';
const limit = '#cf222e';

/** The left end of the axis; what is less is drawn there. */
const leastShare = 0.0001;

/** A picture on white shows its own colours in a page that is dark. */
const dark = [
  ['fill', paper, '#0d1117'],
  ['fill', ink, '#e6edf3'],
  ['stroke', ink, '#e6edf3'],
  ['stroke', lines, '#30363d'],
  ['stroke', limit, '#ff7b72'],
];

/** Draws it as SVG, for light and dark pages. */
export async function scalePicture(sizes: readonly Needs[]): Promise<string> {
  const names = sizes.map(({ accounts }) => `${accountsText(accounts)} accounts`);
  const values = sizes.flatMap((needs, i) =>
    quotaLoads.map((one) => ({
      quota: one.name,
      size: names[i],
      share: Math.max(leastShare, shareOf(one, needs)),
    })),
  );
  const text = { labelColor: ink, titleColor: ink, labelFontSize: 12, labelLimit: 400 };
  const legend = { title: null, orient: 'top', labelColor: ink, labelFontSize: 12, labelLimit: 200 } as const;
  const { spec } = compile({
    title: { text: 'Share of each quota in the busiest second', color: ink, anchor: 'start', offset: 14 },
    background: paper,
    padding: 14,
    width: 460,
    height: { step: 26 },
    config: {
      view: { stroke: null },
      axis: { ...text, titleFontSize: 12, titleFontWeight: 'normal', domainColor: ink, tickColor: lines },
    },
    data: { values },
    layer: [
      {
        // One line, not one for each point.
        data: { values: [{}] },
        mark: { type: 'rule', color: limit, strokeWidth: 2 },
        encoding: { x: { datum: 1, type: 'quantitative' } },
      },
      {
        mark: { type: 'point', filled: true, size: 110, opacity: 1 },
        encoding: {
          y: {
            field: 'quota',
            type: 'nominal',
            sort: null,
            title: null,
            axis: { grid: true, gridColor: lines, ticks: false, domain: false, labelPadding: 8 },
          },
          x: {
            field: 'share',
            type: 'quantitative',
            scale: { type: 'log', domain: [leastShare, 1000] },
            title: 'of the quota, each step ten times the last; the red line is all of it',
            axis: {
              values: [0.0001, 0.001, 0.01, 0.1, 1, 10, 100, 1000],
              labelExpr:
                "datum.value < 1 ? format(datum.value * 100, '~g') + ' %' : format(datum.value, '~g') + ' ×'",
              labelOverlap: false,
              grid: true,
              gridColor: lines,
            },
          },
          color: {
            field: 'size',
            type: 'nominal',
            scale: { domain: names, range: ['#2da44e', '#218bff', '#bf8700'] },
            legend,
          },
          shape: {
            field: 'size',
            type: 'nominal',
            scale: { domain: names, range: ['circle', 'square', 'triangle-up'] },
            legend,
          },
        },
      },
    ],
  });
  const svg = await new vega.View(vega.parse(spec), { renderer: 'none' }).toSVG();
  const rules = dark.map(([name, from, to]) => `[${name}="${from}"]{${name}:${to}}`).join('');
  return `${svg.replace('>', `><style>@media (prefers-color-scheme:dark){${rules}}</style>`)}\n`;
}
