/** These bring no types of their own; only what the bench calls is told here. */
declare module 'xmlrpc' {
  import type { Server as HttpServer } from 'node:http';

  interface Server {
    readonly httpServer: HttpServer;
    on(
      method: string,
      handler: (
        error: unknown,
        params: readonly unknown[],
        answer: (fault: unknown, value: unknown) => void,
      ) => void,
    ): void;
  }

  const xmlrpc: {
    createServer(options: { readonly host: string; readonly port: number }, onListening: () => void): Server;
  };
  export default xmlrpc;
}

declare module 'sax' {
  interface Parser {
    onopentag: (tag: { readonly name: string }) => void;
    onclosetag: (name: string) => void;
    ontext: (text: string) => void;
    onerror: (error: Error) => void;
    write(text: string): Parser;
    close(): Parser;
  }

  const sax: { parser(strict: boolean): Parser };
  export default sax;
}
