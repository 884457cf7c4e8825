/** What was given is no certificate. */
export class CertificateError extends Error {
  override name = 'CertificateError';
}
