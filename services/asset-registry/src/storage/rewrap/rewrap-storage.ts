import { rewrapEnvelope, type MasterKeys } from '@artdag/envelope';
import type { Execute } from '@artdag/messaging';
import { AppError } from '@artdag/service-kit';
import { contextOf } from '../sealed-config.ts';
import type { SealedStorage, SealedStorageRepository } from './sealed-storage.repository.ts';

export interface RewrapStorageDeps {
  sealed: SealedStorageRepository;
  keys: MasterKeys;
  /** As the system. */
  transaction: <T>(work: (execute: Execute) => Promise<T>) => Promise<T>;
}

export interface RewrappedStorage {
  /** The master key under which the data keys are now. */
  masterKeyId: string;
  /** How many this call re-wrapped. */
  rewrapped: number;
  /** Ids of those that none of our master keys opens. */
  unopened: string[];
  /** How many are still under other master keys. */
  remaining: number;
  /** After which id to go on; null when the walk is at its end. */
  next: string | null;
}

const batchSize = 200;
const batchesPerCall = 10;

/**
 * Puts the data keys of providers' configs under the present master key, some batches of them; the configs stay sealed meanwhile. Any number of
 * callers may do this at once, and stop and begin anew at any time.
 *
 * @param o.masterKeyId the one that is to seal: a replica that has another present one refuses
 * @throws AppError 409 `other_master_key`
 */
export async function rewrapStorage(
  deps: RewrapStorageDeps,
  o: { masterKeyId?: string | undefined; after?: string | undefined },
): Promise<RewrappedStorage> {
  const { sealed, keys, transaction } = deps;
  const masterKeyId = keys.sealing.id;
  if (o.masterKeyId !== undefined && o.masterKeyId !== masterKeyId) throw otherMasterKey(masterKeyId, o.masterKeyId);
  const unopened: string[] = [];
  let rewrapped = 0;
  let next: string | null = o.after ?? '';
  for (let batch = 0; next !== null && batch < batchesPerCall; batch += 1) {
    const after: string = next;
    next = await transaction(async (execute) => {
      const rows = await sealed.takeOthers(execute, { masterKeyId, after, limit: batchSize });
      const changes = rows.map((row) => rewrap(keys, row)).filter((row) => row !== undefined);
      unopened.push(...rows.filter(({ id }) => !changes.some((change) => change.id === id)).map(({ id }) => id));
      if (changes.length > 0) rewrapped += await sealed.replaceEach(execute, changes);
      return rows.at(-1)?.id ?? null;
    });
  }
  const remaining = await transaction((execute) => sealed.countOthers(execute, masterKeyId));
  return { masterKeyId, rewrapped, unopened, remaining, next };
}

function rewrap(keys: MasterKeys, { id, config_enc: sealed }: SealedStorage): SealedStorage | undefined {
  try {
    return { id, config_enc: rewrapEnvelope(keys, contextOf(id), sealed) };
  } catch {
    return undefined;
  }
}

function otherMasterKey(own: string, wanted: string): AppError {
  const message = `A replica of asset-registry seals with master key ${own}, another with ${wanted}. Give all of them the same DATA_ENCRYPTION_KEY first.`;
  return new AppError('other_master_key', 409, message);
}
