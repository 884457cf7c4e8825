import { notFound } from '../http/answers.ts';

/** A content all of whose assets were deleted; what and when the last one was. */
export interface DeletedContent {
  state: 'deleted';
  assetType: string;
  deletedAt: Date;
}

export interface ContentFinder {
  /** With the signed document that last said something of the earliest asset that is not deleted. */
  find(contentHash: string): Promise<{ state: 'claimed'; document: string } | DeletedContent | null>;
}

interface Claim {
  '@context': unknown;
  object: Record<string, unknown>;
}

export const contentHashForm = /^[0-9a-f]{64}$/;

/**
 * The object of a content, as the earliest claim that still stands has it, with what its owner has changed since, and with the claim's
 * `@context`.
 *
 * @param id the object's URL: a claim made while another asset spoke for the content names its own asset instead
 * @throws AppError 404
 */
export async function getObject(
  contents: ContentFinder,
  contentHash: string,
  id: string,
): Promise<{ state: 'claimed'; object: Record<string, unknown> } | DeletedContent> {
  const found = contentHashForm.test(contentHash) ? await contents.find(contentHash) : null;
  if (found === null) throw notFound('object');
  if (found.state === 'deleted') return found;
  const claim = JSON.parse(found.document) as Claim;
  return { state: 'claimed', object: { '@context': claim['@context'], ...claim.object, id } };
}
