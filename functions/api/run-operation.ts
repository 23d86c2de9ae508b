/** Runs an operation of the interface: answers, logs and audits it. */
import type { Token } from '../../core/auth/token.ts';
import { auditLine } from '../../infra/operations/audit-line.ts';
import { measured } from '../../infra/telemetry/request-measures.ts';
import { addressToLog, type LineLogger, type RequestLog } from '../wire/request-log.ts';
import type { WireRequest } from '../wire/wire-request.ts';
import type { ApiContext, ApiOperation } from './api-context.ts';
import { problemResponse, success } from './json-response.ts';
import { failureProblem, ProblemFound, problemOf } from './problem.ts';

/** What a runtime supplies for the interface. */
export interface ApiOptions {
  readonly log: RequestLog;
  logError(error: unknown): void;
  /** Where changes are audited. */
  readonly audit: Pick<LineLogger, 'info'>;
  /** Rejects while the store or a secret cannot be opened. */
  open(): Promise<ApiContext>;
}

/** A request that may be answered: whose it is, and its input, which is not checked yet. */
export interface Prepared {
  readonly token: Token;
  readonly input: unknown;
}

/** Runs an operation, and logs it: under its name, with the token's, and the account that it is about. */
export async function runOperation(
  options: ApiOptions,
  name: string,
  operation: ApiOperation,
  wire: WireRequest,
  prepare: (api: ApiContext) => Promise<Prepared>,
): Promise<Response> {
  const started = performance.now();
  let prepared: Prepared | undefined;
  let cause: unknown;
  let refusal: number | undefined;
  const [response, measures] = await measured(async () => {
    try {
      const api = await options.open();
      prepared = await prepare(api);
      const result = await operation.run(api, prepared.input, prepared.token);
      refusal = refusalIn(result);
      audit(options, operation, wire, prepared, refusal === undefined ? 'done' : 'failed');
      return success(operation, result, refusal !== undefined);
    } catch (error) {
      const problem = problemOf(error);
      if (!problem) cause = error;
      if (prepared && !(error instanceof ProblemFound) && problem?.status !== 400) {
        audit(options, operation, wire, prepared, 'failed');
      }
      return problemResponse(problem ?? failureProblem(error));
    }
  });
  const account = accountIn(prepared?.input);
  const call = {
    method: name,
    ...(account !== undefined && { account }),
    ...(prepared && { token: prepared.token.name }),
    outcome: refusal ?? (response.ok ? ('ok' as const) : response.status),
    ...(cause !== undefined && { cause }),
  };
  options.log({
    request: wire.id,
    wire: 'api',
    status: response.status,
    ms: performance.now() - started,
    ...measures,
    address: addressToLog(wire, [call]),
    calls: [call],
  });
  return response;
}

function audit(
  { audit }: ApiOptions,
  operation: ApiOperation,
  wire: WireRequest,
  { token, input }: Prepared,
  outcome: 'done' | 'failed',
): void {
  if (operation.audit === undefined) return;
  const by = { token: token.name, id: token.id };
  audit.info({ ...auditLine(operation.audit, Object(input), outcome), by, request: wire.id }, 'audit');
}

/** An end user's credentials were refused: that is an answer, and no problem of the request. */
function refusalIn(result: unknown): number | undefined {
  const { code } = Object(result);
  return typeof code === 'number' ? code : undefined;
}

function accountIn(input: unknown): string | undefined {
  const { username } = Object(input);
  return typeof username === 'string' ? username.slice(0, 25) : undefined;
}
