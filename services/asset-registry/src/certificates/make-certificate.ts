import type { Certificate, CertificateAnchor, LoggedKey } from '@artdag/certificates';
import { AppError } from '@artdag/service-kit';
import { formatTlogProof } from '@artdag/transparency-log';
import { index as indexForm, uuid } from '../activities/get-activity.ts';
import type { AnchoredLog } from '../anchors/signed-checkpoint.ts';
import { assetName } from '../assets/new-asset.ts';
import type { ErasedNames } from '../erasure/erased-names.ts';
import { notFound } from '../http/answers.ts';
import type {
  CertificateRepository,
  CheckpointEvidence,
  ClaimEvidence,
  KeyEvidence,
} from './certificate.repository.ts';

export interface MakeCertificateDeps {
  evidence: CertificateRepository;
  log: Pick<AnchoredLog, 'inclusionProof'>;
}

export interface CertificateOfAssetDeps extends MakeCertificateDeps {
  names: Pick<ErasedNames, 'erasedAt'>;
}

/** The ownership certificate of the claim that an asset was registered by. @throws AppError as {@link makeCertificate} */
export async function certificateOfAsset(deps: CertificateOfAssetDeps, name: string): Promise<Certificate> {
  if (!assetName.test(name)) throw notFound('asset');
  const activityId = await deps.evidence.findActivityOf(name);
  if (activityId !== undefined) return await makeCertificate(deps, activityId);
  throw (await deps.names.erasedAt(name)) === null ? notFound('asset') : erased();
}

/**
 * The ownership certificate of a claim: against the anchored checkpoint that proves most, or against the newest one while there is none.
 *
 * @param ref UUID, or index in publication order
 * @throws AppError 404 `not_found`, `not_in_log_yet` (try again in some seconds), 410 `erased`
 */
export async function makeCertificate(deps: MakeCertificateDeps, ref: string): Promise<Certificate> {
  const claim = await findClaim(deps.evidence, ref);
  if (claim === undefined) throw notFound('activity');
  const { document, salt, entry } = claim;
  if (salt === null) throw erased();
  const activity = JSON.parse(document) as Record<string, unknown>;
  const leaves = await deps.evidence.keyLeaves(keyIdOf(activity));
  const introduction = leaves.find(({ status }) => status === 'primary');
  const end = endOf(leaves);
  const introduced = introduction?.entry ?? null;
  if (entry === null || introduction === undefined || introduced === null) throw notInLogYet();
  const last = Math.max(entry.index, introduced.index, end?.entry?.index ?? 0);
  const checkpoint = await deps.evidence.findCheckpoint(last + 1);
  if (checkpoint === undefined) throw notInLogYet();
  const hashesOf = (index: number): Promise<Uint8Array[]> => deps.log.inclusionProof(index, checkpoint.size);
  return {
    ...{ activity, salt, leaf: entry.leaf, logKey: checkpoint.vkey },
    tlogProof: formatTlogProof({
      index: entry.index,
      hashes: await hashesOf(entry.index),
      checkpoint: checkpoint.note,
    }),
    key: await loggedKey(introduction.document, introduced, hashesOf),
    keyEnd: end?.entry ? await loggedKey(end.document, end.entry, hashesOf) : null,
    anchor: anchorOf(checkpoint),
  };
}

function erased(): AppError {
  return new AppError('erased', 410, 'What this claim said was erased; its place in the log stays.');
}

async function findClaim(evidence: CertificateRepository, ref: string): Promise<ClaimEvidence | undefined> {
  if (uuid.test(ref)) return await evidence.findClaim('activity_id', ref);
  return indexForm.test(ref) ? await evidence.findClaim('seq', ref) : undefined;
}

function keyIdOf(activity: Record<string, unknown>): string {
  return (activity['proof'] as { verificationMethod: string }).verificationMethod;
}

/** That it was compromised says more than that it was retired. An end that the log has not got yet is none so far. */
function endOf(leaves: readonly KeyEvidence[]): KeyEvidence | undefined {
  const ends = leaves.filter(({ entry }) => entry !== null);
  return ends.find(({ status }) => status === 'compromised') ?? ends.find(({ status }) => status === 'retired');
}

async function loggedKey(
  document: string,
  { index, leaf }: { index: number; leaf: string },
  hashesOf: (index: number) => Promise<Uint8Array[]>,
): Promise<LoggedKey> {
  return { document, leaf, index, hashes: await hashesOf(index) };
}

const headerBytes = 80;

function anchorOf({ anchor }: CheckpointEvidence): CertificateAnchor | null {
  if (anchor === null) return null;
  const headers = anchor.blockHeaders ?? Buffer.alloc(0);
  const count = anchor.blockHeight === null ? 0 : headers.length / headerBytes;
  const blockHeaders = Array.from({ length: count }, (_, i) =>
    headers.subarray(i * headerBytes, (i + 1) * headerBytes),
  );
  return { ots: anchor.ots, blockHeight: count === 0 ? null : anchor.blockHeight, blockHeaders };
}

function notInLogYet(): AppError {
  const message = 'No signed checkpoint of the log covers this claim and its key yet; try again in some seconds.';
  return new AppError('not_in_log_yet', 404, message, { headers: { 'retry-after': '5' } });
}
