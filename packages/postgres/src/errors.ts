/** The port that the server was told to listen on belongs to somebody else. */
export class PortTakenError extends Error {
  override readonly name = 'PortTakenError';
  readonly port: number;

  /** @param setting the setting that moves the server to another port */
  constructor(port: number, setting = 'POSTGRES_PORT') {
    super(`Port ${port} is taken by another program; set ${setting} to a free port.`);
    this.port = port;
  }
}

/** The server could not be prepared, started or stopped; the message says why and what to do. */
export class ClusterError extends Error {
  override readonly name = 'ClusterError';
}
