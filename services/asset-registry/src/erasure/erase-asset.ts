import { assetErased } from '@artdag/events';
import { appendEvent, type Execute } from '@artdag/messaging';
import { AppError, newId } from '@artdag/service-kit';
import { deleteAsset } from '../assets/changes/delete-asset.ts';
import type { ChangeAssetDeps } from '../assets/changes/change.ts';
import type { Registrant } from '../assets/registration.ts';
import { notFound } from '../http/answers.ts';
import { closeNames } from './bars.repository.ts';
import type { ErasableAsset, ErasableRepository } from './erasable.repository.ts';
import { eraseTexts, type ErasedAsset } from './erase-texts.repository.ts';
import { insertErasure } from './erasure.repository.ts';
import type { ErasedNames } from './erased-names.ts';

export interface EraseAssetDeps extends ChangeAssetDeps {
  assets: ErasableRepository;
  names: ErasedNames;
  now: () => Date;
  execute: Execute;
  /** One transaction that acts for the system. */
  transaction: <T>(work: (execute: Execute) => Promise<T>) => Promise<T>;
  /** Has the rest erased now. */
  onErased: () => void;
}

export interface Erased {
  assetId: string;
  erasedAt: Date;
  /** How many claims lost their texts; 0 when they had already. */
  erasedActivities: number;
  /** URL of the signed Delete; null when none could be signed. */
  deletion: string | null;
}

type Delete = NonNullable<Parameters<typeof assetErased.create>[0]['data']['activity']>;

/** What one event carries at most. */
const tombstonesAtOnce = 500;

/**
 * Erases what people wrote about an asset, on an operator's word. One that is not deleted is first deleted by a signed claim on its owner's
 * behalf, of which followers hear. Repeating it is safe, and goes on with what an interrupted one has left.
 *
 * @throws AppError 404 `not_found`, 503 `signing_unavailable`, 409 `edit_conflict`
 */
export async function eraseAsset(deps: EraseAssetDeps, assetId: string, by: Registrant): Promise<Erased> {
  const [asset] = await deps.assets.find({ assetId });
  if (asset === undefined) throw notFound('asset');
  if (asset.erasedAt === null) await deleteIfPresent(deps, asset, by);
  const text = await deps.assets.findDelete(assetId);
  const deletion = text === null ? null : (JSON.parse(text) as Delete);
  const erased = asset.erasedAt === null ? await eraseNow(deps, asset, { by, deletion }) : asset.erasedAt;
  const [erasedAt, erasedActivities] = erased instanceof Date ? [erased, 0] : [erased.at, erased.tombstones];
  return { assetId, erasedAt, erasedActivities, deletion: deletion?.id ?? null };
}

/** An owner for whom nothing can be signed any more has no followers to be told: an account's end tells them by itself. */
async function deleteIfPresent(
  deps: EraseAssetDeps,
  { name, deletedAt }: ErasableAsset,
  by: Registrant,
): Promise<void> {
  if (name === null || deletedAt !== null) return;
  try {
    await deleteAsset(deps, { name, reason: 'operator', by });
  } catch (error) {
    // Somebody was faster with the deletion, or the owner's keys sign nothing more.
    const passes = error instanceof AppError && ['gone', 'account_disabled'].includes(error.code);
    if (!passes) throw error;
  }
}

async function eraseNow(
  deps: EraseAssetDeps,
  { id, name }: ErasableAsset,
  word: { by: Registrant; deletion: Delete | null },
): Promise<{ at: Date; tombstones: number }> {
  const at = deps.now();
  await closeNames(deps.execute, name === null ? [] : [deps.names.digestOf(name)], at);
  const tombstones = await deps.transaction(async (execute) => {
    const { assets, tombstones } = await eraseTexts(execute, [id], at);
    for (const asset of assets) await announce(deps, execute, asset, { ...word, tombstones, at });
    await insertErasure(execute, { subject: id, kind: 'asset', at });
    return tombstones.length;
  });
  deps.onErased();
  return { at, tombstones };
}

/** federation hears of the Delete by this as well: its own event may be erased before it goes out. */
async function announce(
  { urls }: EraseAssetDeps,
  execute: Execute,
  { id, version, contentHash, ownerUsername, orgId }: ErasedAsset,
  { by, deletion, tombstones, at }: { by: Registrant; deletion: Delete | null; tombstones: string[]; at: Date },
): Promise<void> {
  for (let i = 0; i === 0 || i < tombstones.length; i += tombstonesAtOnce) {
    const some = tombstones.slice(i, i + tombstonesAtOnce).map((text) => JSON.parse(text) as never);
    const data = {
      object_id: urls.object(contentHash),
      owner_id: urls.actor(ownerUsername),
      tombstones: some,
      activity: deletion,
    };
    const event = { id: newId('evt'), occurred_at: at.toISOString(), subject: id, subject_version: version };
    const { actorId: actor_id, requestId: correlation_id } = by;
    await appendEvent(execute, assetErased.create({ ...event, actor_id, org_id: orgId, correlation_id, data }));
  }
}
