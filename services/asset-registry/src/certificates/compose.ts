import type { AnchoredLog } from '../anchors/signed-checkpoint.ts';
import type { Part, Shared } from '../part.ts';
import { createCertificateRepository } from './certificate.repository.ts';
import { getActivityCertificateRoute, getAssetCertificateRoute } from './get-certificate.route.ts';

/** Ownership certificates. */
export function composeCertificates(
  { database, names, attach }: Shared,
  log: Pick<AnchoredLog, 'inclusionProof'>,
): Part {
  const deps = { evidence: createCertificateRepository(database), log, names };
  return {
    routes(app) {
      app.get('/activities/:ref/certificate', attach, getActivityCertificateRoute(deps));
      app.get('/assets/:name/certificate', attach, getAssetCertificateRoute(deps));
    },
  };
}
