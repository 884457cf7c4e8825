import { rewrapEnvelope, type MasterKeys } from '@artdag/envelope';
import type { Execute } from '@artdag/messaging';
import { AppError } from '@artdag/service-kit';
import { sealedTables, type SealedKey, type SealedKeysRepository, type SealedTable } from './sealed-keys.repository.ts';

export interface RewrapKeysDeps {
  sealed: SealedKeysRepository;
  /** None with `KEY_STORE=file`. */
  masterKeys: MasterKeys | undefined;
  execute: Execute;
  transaction: <T>(work: (execute: Execute) => Promise<T>) => Promise<T>;
}

/** Where a walk over all envelopes stands. */
export interface RewrapPosition {
  table: SealedTable;
  after: string;
}

export interface Rewrapped {
  /** The master key under which the data keys are now. */
  masterKeyId: string;
  /** How many this call re-wrapped. */
  rewrapped: number;
  /** Key ids whose envelope none of our master keys opens. */
  unopened: string[];
  /** How many are still under other master keys. */
  remaining: number;
  /** From where to go on; null when the walk is at its end. */
  next: RewrapPosition | null;
}

const batchSize = 200;
const batchesPerCall = 10;

/**
 * Puts the data keys of stored private keys under the present master key, some batches of them; the private keys stay sealed meanwhile.
 * Any number of callers may do this at once, and stop and begin anew at any time.
 *
 * @param o.masterKeyId the one that is to seal: a replica that has another present one refuses
 * @throws AppError 409 `no_master_key` or `other_master_key`
 */
export async function rewrapKeys(
  deps: RewrapKeysDeps,
  o: { masterKeyId?: string | undefined; from?: RewrapPosition | undefined },
): Promise<Rewrapped> {
  const keys = masterKeysOf(deps, o.masterKeyId);
  const masterKeyId = keys.sealing.id;
  const unopened: string[] = [];
  let rewrapped = 0;
  let next: RewrapPosition | null = o.from ?? { table: sealedTables[0], after: '' };
  for (let batch = 0; next !== null && batch < batchesPerCall; batch++) {
    const position: RewrapPosition = next;
    const done = await deps.transaction((execute) => rewrapBatch(deps, { execute, keys, position }));
    rewrapped += done.rewrapped;
    unopened.push(...done.unopened);
    next = done.next;
  }
  return {
    masterKeyId,
    rewrapped,
    unopened,
    remaining: await deps.sealed.countOthers(deps.execute, masterKeyId),
    next,
  };
}

async function rewrapBatch(
  { sealed }: RewrapKeysDeps,
  { execute, keys, position }: { execute: Execute; keys: MasterKeys; position: RewrapPosition },
): Promise<Pick<Rewrapped, 'rewrapped' | 'unopened' | 'next'>> {
  const { table, after } = position;
  const rows = await sealed.takeOthers(execute, { table, masterKeyId: keys.sealing.id, after, limit: batchSize });
  const changes: { keyId: string; from: string; to: string }[] = [];
  const unopened: string[] = [];
  for (const row of rows) {
    const to = rewrapped(keys, row);
    if (to === null) unopened.push(row.keyId);
    else changes.push({ keyId: row.keyId, from: row.privateEnc, to });
  }
  const count = changes.length === 0 ? 0 : await sealed.replaceEach(execute, table, changes);
  const last = rows.at(-1);
  const following = sealedTables[sealedTables.indexOf(table) + 1];
  if (last !== undefined) return { rewrapped: count, unopened, next: { table, after: last.keyId } };
  return { rewrapped: count, unopened, next: following === undefined ? null : { table: following, after: '' } };
}

function rewrapped(keys: MasterKeys, { keyId, privateEnc }: SealedKey): string | null {
  try {
    return rewrapEnvelope(keys, keyId, privateEnc);
  } catch {
    return null;
  }
}

function masterKeysOf({ masterKeys }: RewrapKeysDeps, wantedId: string | undefined): MasterKeys {
  if (masterKeys === undefined) {
    throw new AppError('no_master_key', 409, 'identity has no DATA_ENCRYPTION_KEY; KEY_STORE=file needs none.');
  }
  if (wantedId === undefined || wantedId === masterKeys.sealing.id) return masterKeys;
  const message = `A replica of identity seals with master key ${masterKeys.sealing.id}, another with ${wantedId}. Give all of them the same DATA_ENCRYPTION_KEY first.`;
  throw new AppError('other_master_key', 409, message);
}
