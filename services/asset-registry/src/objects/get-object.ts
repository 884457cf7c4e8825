import { notFound } from '../http/answers.ts';

export interface FirstClaimFinder {
  /** The signed document of the earliest Create of a content hash. */
  findFirstClaim(contentHash: string): Promise<string | null>;
}

interface Claim {
  '@context': unknown;
  object: Record<string, unknown>;
}

export const contentHashForm = /^[0-9a-f]{64}$/;

/**
 * The object of the earliest claim of a content hash, with the claim's `@context`, as JSON text.
 *
 * @throws AppError 404
 */
export async function getObject(objects: FirstClaimFinder, contentHash: string): Promise<string> {
  const document = contentHashForm.test(contentHash) ? await objects.findFirstClaim(contentHash) : null;
  if (document === null) throw notFound('object');
  const claim = JSON.parse(document) as Claim;
  return JSON.stringify({ '@context': claim['@context'], ...claim.object });
}
