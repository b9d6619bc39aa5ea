import { errorCode, isCertificateFailure } from './certificate-failure.js';
import { StartupError } from './startup-error.js';

/** SQLSTATE class and code of connections that are refused for as long as nobody changes anything ("PostgreSQL Error Codes"). */
const connectionState = /^(28|3D000)/;
const networkCode = /^(ECONN|EHOSTUNREACH|ENETUNREACH|ENOTFOUND|EAI_|ETIMEDOUT|EPIPE)/;

/** PostgreSQL is not there yet, or not any more, or at its limit: classes 08 and 53, and those of its start and end. */
const passingState = /^(08|53300|57P0[123])/;
/** What `pg` says, without a code, of a connection that was closed or takes too long. */
const passingMessage = /^(Connection terminated|timeout e)/;

/** Whether a database that could not be reached, or was lost, may be there in a while with nothing changed here. */
export function isPassingConnectionFailure(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  const code = errorCode(error);
  return passingState.test(code) || networkCode.test(code) || passingMessage.test(error.message);
}

/**
 * A sentence about why a database cannot be connected to, with what to look at where TLS is the reason; undefined for
 * an error that is about something else.
 */
export function databaseConnectionFailure(error: unknown): string | undefined {
  if (!(error instanceof Error)) return undefined;
  if (error instanceof StartupError) return error.message;
  const code = errorCode(error);
  const sentence = `The database cannot be connected to: ${error.message || code}.`;
  if (code === '28000' && /no encryption|SSL off/.test(error.message)) {
    return `${sentence} It takes encrypted connections only: add sslmode=verify-full to its URL.`;
  }
  if (isCertificateFailure(error)) {
    return `${sentence} Its certificate, or ours, was not accepted: look at the host, sslrootcert and sslcert of its URL.`;
  }
  if (error.message === 'The server does not support SSL connections') {
    return `${sentence} Its URL asks for TLS with sslmode.`;
  }
  return connectionState.test(code) || isPassingConnectionFailure(error) ? sentence : undefined;
}
