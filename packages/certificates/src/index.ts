export { lines, reads, type Answer, type Line, type OwnChain, type Part, type Verdict } from './answer.ts';
export {
  certificateFormat,
  readCertificate,
  writeCertificate,
  type Certificate,
  type CertificateAnchor,
  type LoggedKey,
} from './certificate.ts';
export { CertificateError } from './certificate-error.ts';
export { verifyCertificate } from './verify-certificate.ts';
