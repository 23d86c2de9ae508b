/** The pages and the session check as a Lambda handler. */
import { parseSwitch } from '../../infra/settings/parse.ts';
import { webPages } from '../web/pages.ts';
import { webWorld } from '../web/world.ts';
import { appHandler, type Handler } from './handler.ts';
import type { Variables } from './world.ts';

/**
 * Builds the handler. The pages' addresses begin at the root of their host, so it wants a stage without
 * a prefix: HTTP API's `$default`, a Function URL, or a domain of its own.
 * @throws {Error} when LJGATE_CONSOLE is neither on nor off
 */
export function webHandler(variables: Variables): Handler {
  const console = parseSwitch(variables['LJGATE_CONSOLE'] ?? 'on');
  return appHandler((world, platform) => {
    const open = async () => {
      const { gateway, ports, store } = await world.open();
      return webWorld(gateway, ports, store);
    };
    // Lambda's front ends speak https alone, and the edge lets pages through by https alone.
    return { doors: [], pages: webPages({ ...platform, open, schemeOf: () => 'https', console, demo: [] }) };
  }, variables);
}
