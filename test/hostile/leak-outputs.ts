/** The secrets that the search for leaks marks, and all that was printed, sent or stored, to be searched for them. */
import { holds, type Mark, mark } from '../support/marks.ts';

/** Something that was printed, sent or stored. */
interface Output {
  readonly name: string;
  readonly bytes: Buffer;
}

/** All outputs of one run, and the secrets that they may not have. */
export class Outputs {
  readonly outputs: Output[] = [];
  readonly marks: Mark[] = [];

  add(name: string, content: string | Buffer): void {
    this.outputs.push({ name, bytes: Buffer.from(content) });
  }

  mark(name: string, secret: string | Uint8Array): string {
    this.marks.push(mark(name, secret));
    return String(secret);
  }

  /** `OUTPUT: MARK` for every mark in every output. */
  found(): Set<string> {
    const pairs = this.outputs.flatMap(({ name, bytes }) =>
      this.marks.filter((one) => holds(bytes, one)).map((one) => `${name}: ${one.name}`),
    );
    return new Set(pairs);
  }
}

/** What is sent in; each has characters that encodings spell differently. */
export const secrets = {
  password: 'Pa ss&<Wört>+%-of-the-owner',
  'wrong password': 'Falsch & "geraten"+%-by-somebody',
  'password brought as MD5': 'Mit & <MD5>+%-gebracht',
  'password brought as bcrypt': 'Mit & <bcrypt>+%-gebracht',
  'password in a bad line': 'Auf & <schlechter>+%-Zeile',
  'password of the admin function': 'Vom & <Verwalter>+%-gesetzt',
  'password set by command': 'Auf & <Befehl>+%-gesetzt',
  'password set on the page': 'Auf & <Seite>+%-gesetzt',
  'client key': 'ein+Schluessel&<fuer>%-ein-Programm',
  'password set over the interface': 'Von & <Seite-aus>+%-gesetzt',
  'upstream key': 'ein+Schluessel&<fuer>%-die-Seite-dahinter',
  'cookie of another site': 'Keks%26-einer-anderen-Seite-1234',
  'authorization header': 'QXV0aG9yaXphdGlvbi1IZWFkZXI',
  'query string': 'in-der-Adresse-stehendes-Kennwort',
  'spoilt record': 'statt eines Datensatzes & <steht>+%-dies',
  'spoilt secret file': 'statt einer Datei & <steht>+%-dies',
} as const;

export interface Asked {
  readonly origin: string;
  ask(path: string, init: RequestInit): Promise<Response>;
}

/** What a client sends that has more to hide than its arguments. */
export const revealing = {
  Cookie: `other=${secrets['cookie of another site']}`,
  Authorization: `Bearer ${secrets['authorization header']}`,
};

export const authOf = (session: string) => session.split(':')[3] ?? 'no session';

/** The outputs of calls that fail: adds replies to the main outputs, but no marks, because such calls make no secrets. */
export class Failing extends Outputs {
  readonly #main: Outputs;
  constructor(main: Outputs) {
    super();
    this.#main = main;
  }
  override add(name: string, content: string | Buffer): void {
    this.#main.add(`${name}, over a store that fails`, content);
  }
}
