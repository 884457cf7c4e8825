import type { RequestHandler } from 'express';
import { notFound, sendActivityStreamsText } from '../http/answers.ts';
import type { ObjectRepository } from './object.repository.ts';

export const contentHash = /^[0-9a-f]{64}$/;

interface Claim {
  '@context': unknown;
  object: Record<string, unknown>;
}

/** `GET /objects/{content_hash}`: the object of the earliest claim, with the claim's `@context`. */
export function getObjectRoute(deps: { objects: ObjectRepository }): RequestHandler<{ hash: string }> {
  return async (req, res) => {
    const { hash } = req.params;
    const document = contentHash.test(hash) ? await deps.objects.findFirstClaim(hash) : null;
    if (document === null) throw notFound('object');
    const claim = JSON.parse(document) as Claim;
    sendActivityStreamsText(req, res, JSON.stringify({ '@context': claim['@context'], ...claim.object }));
  };
}
