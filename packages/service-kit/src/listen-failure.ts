import { StartupError } from './startup-error.js';

/** A port that another process listens on. The message names the port and the setting that moves it. */
export class PortTakenError extends StartupError {
  constructor(
    readonly port: number,
    readonly setting: string,
  ) {
    super(`Port ${port} is taken by another program; set ${setting} to a free port.`);
    this.name = 'PortTakenError';
  }
}

/** Where somebody wants to listen, and the setting that moves the port. */
export interface ListenAddress {
  readonly host: string;
  readonly port: number;
  readonly portSetting: string;
}

/** What keeps a server from listening: a `StartupError` where whoever starts it can mend that, else the error itself. */
export function explainListenFailure(error: Error, { host, port, portSetting }: ListenAddress): Error {
  const code = 'code' in error && typeof error.code === 'string' ? error.code : '';
  if (code === 'EADDRINUSE') return new PortTakenError(port, portSetting);
  if (code === 'EACCES') {
    return new StartupError(`This user may not listen on port ${port}; set ${portSetting} to another one.`);
  }
  if (/^(EADDRNOTAVAIL|ENOTFOUND|EAI_)/.test(code)) {
    return new StartupError(`This machine has no address ${host}; set HOST to one that it has.`);
  }
  return error;
}
