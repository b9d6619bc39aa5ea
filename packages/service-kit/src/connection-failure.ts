import { errorCode, isCertificateFailure } from './certificate-failure.js';
import { StartupError } from './startup-error.js';

/** SQLSTATE classes and codes of connections that were refused or broken (PostgreSQL, "PostgreSQL Error Codes"). */
const connectionState = /^(08|28|3D000|57P03)/;
const networkCode = /^(ECONN|EHOSTUNREACH|ENETUNREACH|ENOTFOUND|EAI_|ETIMEDOUT|EPIPE)/;

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
  return connectionState.test(code) || networkCode.test(code) ? sentence : undefined;
}
