/** Problem details (RFC 9457): what was wrong with a request, for programs and for those who write them. */
import type { Fault } from '../../core/accounts/validation.ts';
import type { Scope } from '../../core/auth/token.ts';
import { refusalOf } from '../../core/protocol/gateway.ts';
import { OperationRefused } from '../../infra/operations/operator-context.ts';
import { WrongInput } from '../../infra/operations/verb-definition.ts';

/** The titles, by status. */
export const titles = {
  400: 'The request is wrong',
  401: 'A token is needed',
  403: 'The token may not do this',
  404: 'There is no such thing',
  405: 'The method is not allowed here',
  409: 'It cannot be done as things are',
  412: 'It was changed meanwhile',
  413: 'The body is too large',
  415: 'The body must be JSON',
  429: 'Too many unknown tokens',
  500: 'Something went wrong here',
  503: 'It cannot be done right now',
} as const;

/** A problem, and the headers that go with it. */
export interface Problem {
  readonly status: keyof typeof titles;
  readonly detail?: string;
  /** Each member of the input that is wrong. */
  readonly faults?: readonly Fault[];
  readonly headers?: Readonly<Record<string, string>>;
}

/** A request that is answered with a problem. */
export class ProblemFound extends Error {
  override name = 'ProblemFound';
  readonly problem: Problem;

  constructor(problem: Problem) {
    super(titles[problem.status]);
    this.problem = problem;
  }
}

/** The token lacks a scope: it needs one of these. */
export class ScopeMissing extends ProblemFound {
  constructor(scopes: readonly Scope[]) {
    super({
      status: 403,
      detail: `This needs a token with the scope ${scopes.join(' or ')}.`,
      headers: {
        'WWW-Authenticate': `Bearer realm="ljgate", error="insufficient_scope", scope="${scopes.join(' ')}"`,
      },
    });
  }
}

/** The problem that an error is; `undefined` for one of our own, which is logged. */
export function problemOf(error: unknown): Problem | undefined {
  if (error instanceof ProblemFound) return error.problem;
  if (error instanceof WrongInput) return { status: 400, faults: error.faults };
  if (error instanceof OperationRefused) return refusalProblem(error);
  return undefined;
}

/** For an error of our own. Nothing about its cause is said. */
export function failureProblem(error: unknown): Problem {
  const passing = refusalOf(error).code > 501;
  if (!passing) return { status: 500, detail: 'The log of the server says what.' };
  return { status: 503, detail: 'Try again in a moment.', headers: { 'Retry-After': '5' } };
}

function refusalProblem({ kind, what, faults }: OperationRefused): Problem {
  switch (kind) {
    case 'invalid':
      return { status: 400, faults: faults.length > 0 ? faults : [{ field: '', rule: what }] };
    case 'not found':
      return { status: 404, detail: sentence(what) };
    case 'changed':
      return { status: 412, detail: sentence(what) };
    case 'conflict':
      return { status: 409, detail: sentence(what) };
  }
}

function sentence(text: string): string {
  return `${text.slice(0, 1).toUpperCase()}${text.slice(1)}.`;
}

/** A problem as JSON. `type` is left out: the status says it all (RFC 9457 §4.2.1). */
export function problemBody({ status, detail, faults }: Problem): object {
  return { title: titles[status], status, ...(detail && { detail }), ...(faults && { faults }) };
}
