/** What a client called itself, in words that its owner recognises. */

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

/** `Firefox 130 on Linux` for browsers, which all begin alike; every other client's own words. */
export function clientName(agent: string | undefined): string {
  const words = agent?.trim();
  if (!words) return 'A client that did not say its name';
  if (!words.startsWith('Mozilla/')) return words;
  const browser = browsers.flatMap(([pattern, name]) => {
    const version = pattern.exec(words)?.[1];
    return version === undefined ? [] : [`${name} ${version}`];
  })[0];
  const system = systems.find(([pattern]) => pattern.test(words))?.[1];
  if (browser === undefined) return words;
  return system === undefined ? browser : `${browser} on ${system}`;
}
