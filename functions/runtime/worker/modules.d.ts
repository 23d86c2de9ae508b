/** What wrangler makes of imports that are no JavaScript; the rules are in wrangler.jsonc. */
declare module '*?text' {
  const text: string;
  export default text;
}

declare module '*.wasm' {
  const module: WebAssembly.Module;
  export default module;
}
