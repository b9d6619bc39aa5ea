/** The codes of OpenSSL and Node for certificates that are not accepted (Node, "TLS", `X509` certificate error codes). */
const certificateCode =
  /^(CERT_|UNABLE_TO_|SELF_SIGNED|DEPTH_ZERO|ERR_TLS_|ERR_SSL_|HOSTNAME_MISMATCH|INVALID_CA)/;

/** The code of an error, such as `ECONNREFUSED`; an empty string where it has none. */
export function errorCode(error: unknown): string {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : '';
}

/** Whether an error of a connection is about the certificate of either side. */
export function isCertificateFailure(error: unknown): boolean {
  return certificateCode.test(errorCode(error));
}

/** The error of a call to another process: with what to look at where its certificate was not accepted, else as it is. */
export function explainCertificateFailure(error: unknown): unknown {
  if (!(error instanceof Error) || !isCertificateFailure(error)) return error;
  const code = errorCode(error);
  const advice =
    code === 'ERR_TLS_CERT_ALTNAME_INVALID'
      ? "its certificate (TLS_CERT_FILE there) has to be for the host of the service's URL"
      : 'TLS_CA_FILE has to name a file with the authority that signed its certificate, or with that certificate where it signed itself';
  // Not its cause: the log would tell the same twice.
  return Object.assign(new Error(`${error.message}; ${advice}`), { code });
}
