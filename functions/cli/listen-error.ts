/** Why a server could not listen, and what to do. */

type ListenFlag = '--port' | '--api' | '--metrics';

/** The error for an address that the system refused. `flag`: the one to change. */
export function listenError(flag: ListenFlag, where: string, cause: Error): Error {
  const code = 'code' in cause ? cause.code : undefined;
  return new Error(`${flag}: cannot listen on ${where}: ${reasonOf(flag, code, cause)}`, { cause });
}

function reasonOf(flag: ListenFlag, code: unknown, { message }: Error): string {
  switch (code) {
    case 'EADDRINUSE': {
      const free = flag === '--port' ? '; --port 0 picks a free port' : `; give ${flag} another`;
      return `another process listens there (${code})${free}, and on Linux "ss -ltnp" names the process`;
    }
    case 'EACCES':
      return `this user may not (${code}); take a port from 1024 up, and put a proxy in front for 80 and 443`;
    case 'EADDRNOTAVAIL':
      return `this machine has no such address (${code}); 0.0.0.0 is every IPv4 address, :: is every address`;
    default:
      return message;
  }
}
