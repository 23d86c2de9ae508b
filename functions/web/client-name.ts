/** The name of a client, as the account holder may recognise it. */

/** In this order, because browsers pretend to be each other: Edge says Chrome, and Chrome says Safari. */
const browsers: readonly (readonly [pattern: RegExp, name: string])[] = [
  [/\bEdgA?\/(\d+)/, 'Edge'],
  [/\bOPR\/(\d+)/, 'Opera'],
  [/\bSamsungBrowser\/(\d+)/, 'Samsung Internet'],
  [/\b(?:Firefox|FxiOS)\/(\d+)/, 'Firefox'],
  [/\b(?:Chrome|CriOS|HeadlessChrome)\/(\d+)/, 'Chrome'],
  [/\bVersion\/(\d+).*\bSafari\//, 'Safari'],
];

const systems: readonly (readonly [pattern: RegExp, name: string])[] = [
  [/\bAndroid\b/, 'Android'],
  [/\biPhone\b/, 'iPhone'],
  [/\biPad\b/, 'iPad'],
  [/\bWindows\b/, 'Windows'],
  [/\bMac OS X\b/, 'Mac'],
  [/\bCrOS\b/, 'ChromeOS'],
  [/\bLinux\b/, 'Linux'],
];

/** `Firefox 130 on Linux` for browsers, whose user agents all begin alike; for other clients, their user agent. */
export function clientName(agent: string | undefined): string {
  const words = agent?.trim();
  if (!words) return 'Unnamed program';
  if (!words.startsWith('Mozilla/')) return words;
  const browser = browsers.flatMap(([pattern, name]) => {
    const version = pattern.exec(words)?.[1];
    return version === undefined ? [] : [`${name} ${version}`];
  })[0];
  const system = systems.find(([pattern]) => pattern.test(words))?.[1];
  if (browser === undefined) return words;
  return system === undefined ? browser : `${browser} on ${system}`;
}
