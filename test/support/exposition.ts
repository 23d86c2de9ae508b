/** Reads the text format of Prometheus, and complains about what breaks it. */

/** One sample. */
export interface Sample {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

/** All samples of a page. */
export interface Exposition {
  readonly types: ReadonlyMap<string, string>;
  readonly samples: readonly Sample[];
  /** The sum of the samples with this name that have all of these labels; 0 where there is none. */
  value(name: string, labels?: Readonly<Record<string, string>>): number;
}

/** Reads a page. @throws {Error} with the line that breaks the format */
export function readExposition(text: string): Exposition {
  const types = new Map<string, string>();
  const helped = new Set<string>();
  const samples: Sample[] = [];
  const seen = new Set<string>();
  if (!text.endsWith('\n')) throw new Error('the last line does not end');
  for (const line of text.split('\n')) {
    if (line === '') continue;
    const [, kind, about = '', rest = ''] = /^# (HELP|TYPE) ([a-zA-Z_:][\w:]*) (.+)$/.exec(line) ?? [];
    if (kind === 'HELP') helped.add(about);
    else if (kind === 'TYPE') types.set(about, rest);
    else {
      const sample = readSample(line);
      const family = sample.name.replace(/_(bucket|sum|count)$/, '');
      if (!types.has(sample.name) && !types.has(family)) throw new Error(`no TYPE before: ${line}`);
      if (!helped.has(sample.name) && !helped.has(family)) throw new Error(`no HELP before: ${line}`);
      const id = JSON.stringify([sample.name, sample.labels]);
      if (seen.has(id)) throw new Error(`there twice: ${line}`);
      seen.add(id);
      samples.push(sample);
    }
  }
  return {
    types,
    samples,
    value(name, labels = {}) {
      const found = samples.filter(
        (sample) =>
          sample.name === name && Object.entries(labels).every(([key, text]) => sample.labels[key] === text),
      );
      return found.reduce((sum, { value }) => sum + value, 0);
    },
  };
}

function readSample(line: string): Sample {
  const [, name, labels = '', number = ''] = /^([a-zA-Z_:][\w:]*)(?:\{(.*)\})? (\S+)$/.exec(line) ?? [];
  if (name === undefined) throw new Error(`no sample: ${line}`);
  const pairs = [...labels.matchAll(/([a-zA-Z_]\w*)="((?:[^"\\]|\\.)*)"(?:,|$)/g)];
  if (pairs.map(([all]) => all).join('') !== labels) throw new Error(`labels are malformed: ${line}`);
  const value = /^[+-]?Inf$/.test(number) ? Number(number.replace('Inf', 'Infinity')) : Number(number);
  if (Number.isNaN(value) && number !== 'NaN' && number !== 'Nan') throw new Error(`no number: ${line}`);
  return { name, labels: Object.fromEntries(pairs.map(([, key, text]) => [key, text])), value };
}
