import { writeCertificate, type Certificate } from '@artdag/certificates';
import type { RequestHandler, Response } from 'express';
import { sendJsonText } from '../http/answers.ts';
import {
  certificateOfAsset,
  makeCertificate,
  type CertificateOfAssetDeps,
  type MakeCertificateDeps,
} from './make-certificate.ts';

/** `GET /activities/{ref}/certificate` */
export function getActivityCertificateRoute(deps: MakeCertificateDeps): RequestHandler<{ ref: string }> {
  return async (req, res) => {
    sendCertificate(res, req.params.ref, await makeCertificate(deps, req.params.ref));
  };
}

/** `GET /assets/{name}/certificate` */
export function getAssetCertificateRoute(deps: CertificateOfAssetDeps): RequestHandler<{ name: string }> {
  return async (req, res) => {
    sendCertificate(res, req.params.name, await certificateOfAsset(deps, req.params.name));
  };
}

function sendCertificate(res: Response, name: string, certificate: Certificate): void {
  // Not every system takes a colon in a file's name.
  const filename = `${name.replaceAll(':', '-')}.artdag-certificate.json`;
  res.setHeader('content-disposition', `attachment; filename="${filename}"`);
  // It gains an anchor, blocks on top of it, perhaps the end of a key; and it may be erased.
  res.setHeader('cache-control', 'no-cache');
  sendJsonText(res, 200, writeCertificate(certificate));
}
