/**
 * Expressions of CloudWatch Logs Insights, as far as the saved queries use them: fields, literals, comparisons,
 * `and`, `or`, and functions. What is not known is an error, because AWS would refuse the query.
 * @see https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/CWL_QuerySyntax-operations-functions.html
 */

/** A line's fields under dotted names, as they are discovered in JSON. */
export type Fields = ReadonlyMap<string, string | number>;

/** A part of an expression, on one line. */
export type Value = string | number | boolean | undefined;

/** An expression: its value on one line, and the fields that it names. */
export interface Expression {
  readonly text: string;
  readonly names: readonly string[];
  valueOn(line: Fields): Value;
}

const token =
  /\s*(?:'([^']*)'|"([^"]*)"|\/((?:[^/\\]|\\.)*)\/|`([^`]+)`|(-?\d+(?:\.\d+)?)|(@?[A-Za-z_][\w.@]*)|(!=|<=|>=|[=<>(),*]))/y;

/** One token: what it is, and its text. */
export interface Token {
  readonly kind: 'text' | 'pattern' | 'field' | 'number' | 'word' | 'sign';
  readonly text: string;
}

/** Cuts a command into tokens. @throws {Error} where it cannot be read */
function tokensOf(source: string): Token[] {
  const found: Token[] = [];
  token.lastIndex = 0;
  while (source.slice(token.lastIndex).trim() !== '') {
    const from = token.lastIndex;
    const [, single, double, pattern, quoted, number, word, sign] = token.exec(source) ?? [];
    const text = single ?? double;
    if (text !== undefined) found.push({ kind: 'text', text });
    else if (pattern !== undefined) found.push({ kind: 'pattern', text: pattern });
    else if (quoted !== undefined) found.push({ kind: 'field', text: quoted });
    else if (number !== undefined) found.push({ kind: 'number', text: number });
    else if (word !== undefined) found.push({ kind: 'word', text: word });
    else if (sign !== undefined) found.push({ kind: 'sign', text: sign });
    else throw new Error(`cannot be read: ${source.slice(from)}`);
  }
  return found;
}

/** Reads tokens one after another. */
export class TokenReader {
  readonly #tokens: readonly Token[];
  #at = 0;

  constructor(source: string) {
    this.#tokens = tokensOf(source);
  }

  get ended(): boolean {
    return this.#at >= this.#tokens.length;
  }

  /** Takes the next token if it is one of these. */
  take(...texts: readonly string[]): string | undefined {
    const next = this.#tokens[this.#at];
    if (!next || next.kind === 'text' || next.kind === 'field' || !texts.includes(next.text))
      return undefined;
    this.#at++;
    return next.text;
  }

  next(): Token {
    const next = this.#tokens[this.#at++];
    if (!next) throw new Error('the command ends too early');
    return next;
  }

  expect(text: string): void {
    if (this.take(text) === undefined) throw new Error(`${text} is missing`);
  }
}

/** Reads a condition. @throws {Error} */
export function readExpression(reader: TokenReader): Expression {
  let left = readConjunction(reader);
  while (reader.take('or') !== undefined) left = joined(left, readConjunction(reader), 'or');
  return left;
}

function readConjunction(reader: TokenReader): Expression {
  let left = readComparison(reader);
  while (reader.take('and') !== undefined) left = joined(left, readComparison(reader), 'and');
  return left;
}

function joined(a: Expression, b: Expression, how: 'and' | 'or'): Expression {
  return {
    text: `${a.text} ${how} ${b.text}`,
    names: [...a.names, ...b.names],
    valueOn: (line) =>
      how === 'and' ? a.valueOn(line) && b.valueOn(line) : a.valueOn(line) || b.valueOn(line),
  };
}

function readComparison(reader: TokenReader): Expression {
  const left = readOperand(reader);
  if (reader.take('like') !== undefined) {
    const pattern = new RegExp(reader.next().text);
    return { ...left, valueOn: (line) => pattern.test(String(left.valueOn(line) ?? '')) };
  }
  const sign = reader.take('=', '!=');
  if (sign === undefined) return left;
  const right = readOperand(reader);
  return {
    text: `${left.text} ${sign} ${right.text}`,
    names: [...left.names, ...right.names],
    // A field that is not there differs from nothing.
    valueOn(line) {
      const [a, b] = [left.valueOn(line), right.valueOn(line)];
      return a !== undefined && b !== undefined && (String(a) === String(b)) === (sign === '=');
    },
  };
}

function readOperand(reader: TokenReader): Expression {
  if (reader.take('(') !== undefined) {
    const inner = readExpression(reader);
    reader.expect(')');
    return inner;
  }
  const { kind, text } = reader.next();
  if (kind === 'text') return { text, names: [], valueOn: () => text };
  if (kind === 'number') return { text, names: [], valueOn: () => Number(text) };
  if (kind === 'word' && reader.take('(') !== undefined) {
    if (text !== 'ispresent') throw new Error(`there is no function ${text} here`);
    const field = readOperand(reader);
    reader.expect(')');
    return { ...field, valueOn: (line) => field.valueOn(line) !== undefined };
  }
  if (kind !== 'word' && kind !== 'field') throw new Error(`${text} is no value`);
  return { text, names: [text], valueOn: (line) => line.get(text) };
}
