import { expect, it } from 'vitest';
import { explainCertificateFailure } from './certificate-failure.js';

const failureOf = (code: string) => Object.assign(new Error('not accepted'), { code });

it.each(['DEPTH_ZERO_SELF_SIGNED_CERT', 'UNABLE_TO_VERIFY_LEAF_SIGNATURE', 'SELF_SIGNED_CERT_IN_CHAIN'])(
  'names TLS_CA_FILE for %s',
  (code) => {
    expect(explainCertificateFailure(failureOf(code))).toMatchObject({
      code,
      message: expect.stringMatching(/^not accepted; TLS_CA_FILE /) as string,
    });
  },
);

it('names the certificate and the URL where they are for different hosts', () => {
  expect(explainCertificateFailure(failureOf('ERR_TLS_CERT_ALTNAME_INVALID'))).toMatchObject({
    message: expect.stringMatching(/TLS_CERT_FILE.*URL/) as string,
  });
});

it('leaves alone what is about something else', () => {
  const error = failureOf('ECONNREFUSED');
  expect(explainCertificateFailure(error)).toBe(error);
});
