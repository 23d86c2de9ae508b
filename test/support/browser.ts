/** Chromium, as Debian packages it, without a window. */
import { type Browser, chromium } from 'playwright-core';

/** Starts the browser: quiet, and asking nobody but the pages that it is sent to. */
export function startBrowser(): Promise<Browser> {
  return chromium.launch({
    executablePath: '/usr/bin/chromium',
    args: [
      '--headless',
      '--no-sandbox',
      '--disable-gpu',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
    ],
  });
}
