import type { Request, RequestHandler } from 'express';
import { findActor, type LocalActors } from '../actors/actor-with-keys.ts';
import { refuseBlocked, type BlockedHosts } from '../blocked-hosts/refuse-blocked.ts';
import { claimedKeyIds, ownerMismatch, verifySigner, type VerifyDeps } from '../signatures/verify-signer.ts';
import type { LocalUrls } from '../urls.ts';

export interface AuthorizedFetchDeps extends VerifyDeps {
  actors: LocalActors;
  urls: LocalUrls;
  blockedHosts: BlockedHosts;
}

const VARY = 'Signature, Signature-Input, Accept';

/**
 * In authorized-fetch mode: lets a reader of a user's documents, or of what others said of them, in who signs the request, in either scheme, and whose host is not blocked. What
 * is left of a deleted account is shown to everybody, so that whoever kept something of it learns that it is gone.
 * Throws AppError 401 as verifySigner does, 403 `host_blocked`.
 */
export function requireSignature(deps: AuthorizedFetchDeps): RequestHandler<Partial<Record<string, string>>> {
  return async (req, res, next) => {
    res.vary(VARY).setHeader('cache-control', 'private, no-store');
    const { username } = req.params;
    const actor = username === undefined ? undefined : await findActor(deps, username);
    if (actor === undefined || actor.deletedAt === null) await verifyReader(deps, req);
    next();
  };
}

async function verifyReader(
  deps: AuthorizedFetchDeps,
  req: Pick<Request, 'method' | 'originalUrl' | 'headers' | 'rawHeaders'>,
) {
  const { method, originalUrl, headers, rawHeaders } = req;
  // A body, if there is one, is neither read nor believed.
  const request = { method, originalUrl, headers, rawHeaders, body: Buffer.alloc(0) };
  const keyIds = claimedKeyIds(request);
  await refuseBlocked(deps.blockedHosts, keyIds);
  // Nobody of ours reads so, and to look for the key we would ask ourselves.
  if (keyIds.some((keyId) => deps.urls.isOurs(keyId))) throw ownerMismatch();
  const { apId } = await verifySigner(deps, request, () => true);
  await refuseBlocked(deps.blockedHosts, [apId]);
}
