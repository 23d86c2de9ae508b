/** A Lambda function's world, built once per start from its variables. */
import { defaultBans } from '../../core/bans.ts';
import { createGateway, type Gateway } from '../../core/gateway.ts';
import { openSecretFile } from '../../infra/secrets/file.ts';
import { parseBan, parseMinutes } from '../../infra/settings/parse.ts';
import { openStore } from '../../infra/store/open.ts';
import { parseStoreSpec } from '../../infra/store/spec.ts';
import { createPorts, createSettings } from '../../infra/world.ts';

/** The variables that a function reads, as `process.env` has them. */
export type Variables = Readonly<Record<string, string | undefined>>;

/** @throws {Error} naming the variable, what it got and what it wants */
export async function openGateway(variables: Variables): Promise<Gateway> {
  const read = <T>(name: string, parse: (text: string) => T, otherwise?: T): T => {
    const text = variables[name];
    if (text === undefined && otherwise !== undefined) return otherwise;
    try {
      return parse(text ?? '');
    } catch (cause) {
      throw new Error(`${name} ${cause instanceof Error ? cause.message : ''}; got "${text ?? ''}"`, {
        cause,
      });
    }
  };
  const store = await openStore(read('LJGATE_STORE', parseStoreSpec));
  const secretFile = read('LJGATE_SECRET', (text) => {
    if (text !== '') return text;
    throw new Error('wants the path of the root secret');
  });
  const pair = read('LJGATE_LOGIN_BAN', parseBan, defaultBans.pair);
  const sweep = read('LJGATE_SWEEP_BAN', parseBan, pair === 'off' ? pair : defaultBans.sweep);
  const keyring = await openSecretFile(secretFile, { create: false });
  const ports = createPorts(store, keyring, read('LJGATE_REMEMBER', parseMinutes, 5));
  return createGateway(ports, createSettings({ pair, sweep }, variables['LJGATE_SITE']));
}

/**
 * A gateway that opens at its first call. While that fails, callers get refusal 500 in their own
 * protocol and the log gets the reason; the next call tries again, so a passing fault passes.
 */
export function deferredGateway(open: () => Promise<Gateway>): Gateway {
  let opening: Promise<Gateway> | undefined;
  return {
    async answer(call) {
      opening ??= open();
      let gateway: Gateway;
      try {
        gateway = await opening;
      } catch (cause) {
        opening = undefined;
        return { ok: false, refusal: { code: 500 }, cause };
      }
      return gateway.answer(call);
    },
  };
}
