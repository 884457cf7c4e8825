import { AppError } from '@artdag/service-kit';
import { notFound } from '../http/answers.ts';
import { anchorDetailView } from './anchor-view.ts';
import type { AnchorReaderDeps } from './list-anchors.ts';

/** The form of an anchor's name: the root of its tree. */
export const merkleRootForm = /^[0-9a-f]{64}$/;

/** @throws AppError 404 */
export async function getAnchor({ anchors, view }: AnchorReaderDeps, merkleRoot: string) {
  const row = merkleRootForm.test(merkleRoot) ? await anchors.find(merkleRoot) : undefined;
  if (row === undefined) throw notFound('anchor');
  return anchorDetailView(row, await anchors.callsOf([merkleRoot]), view);
}

/**
 * The `.ots` file of an anchor.
 *
 * @throws AppError 404, `no_proof_yet` while no calendar has answered
 */
export async function getAnchorProof({ anchors }: AnchorReaderDeps, merkleRoot: string): Promise<Buffer> {
  const proof = merkleRootForm.test(merkleRoot) ? await anchors.findProof(merkleRoot) : undefined;
  if (proof === undefined) throw notFound('anchor');
  if (proof === null)
    throw new AppError('no_proof_yet', 404, 'No calendar has taken this anchor yet; try again later.');
  return proof;
}
