import type { Caller } from './access.ts';
import { ProviderFailure } from './providers/provider-failure.ts';
import type { TestResult } from './providers/copy.ts';
import { providerType } from './providers/provider-types.ts';
import { openConfig } from './sealed-config.ts';
import type { StorageDeps } from './storage-deps.ts';
import { storageNotFound } from './storage-id.ts';
import type { StorageRow } from './storage-row.ts';

export interface ShownTest extends TestResult {
  latency_ms: number;
  checked_at: string;
}

/**
 * Asks the provider, now, whether it takes the credentials. That it does not is a result, too.
 *
 * @throws AppError 404
 */
export async function testStorage(deps: StorageDeps, caller: Caller, id: string): Promise<ShownTest> {
  const row = await deps.storage.find(caller.actorId, id);
  if (row === undefined) throw storageNotFound();
  const at = deps.now();
  const startedAt = performance.now();
  const { ok, message } = await ask(deps, row, caller);
  const latencyMs = Math.round(performance.now() - startedAt);
  await deps.storage.noteTest({ actorId: caller.actorId, row, ok, message, at });
  return { ok, message, latency_ms: latencyMs, checked_at: at.toISOString() };
}

async function ask(deps: StorageDeps, row: StorageRow, caller: Caller): Promise<TestResult> {
  const type = providerType(row.provider_type);
  if (type.sysadmin === 'all' && !caller.isSysadmin) {
    return { ok: false, message: `Providers of the type ${type.name} are for system administrators.` };
  }
  const config = openConfig(deps.keys, row.id, row.config_enc);
  if (config === undefined) return { ok: false, message: 'The stored config cannot be opened; give it again.' };
  try {
    return await type.test(config, deps.callsFor(type, caller));
  } catch (error) {
    if (error instanceof ProviderFailure) return { ok: false, message: error.message };
    throw error;
  }
}
