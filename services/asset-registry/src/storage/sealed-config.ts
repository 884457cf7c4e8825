import { openEnvelope, sealEnvelope, type MasterKeys } from '@artdag/envelope';
import { z } from 'zod';
import type { ProviderConfig } from './providers/provider-type.ts';

/** What a provider's row is sealed for: its envelope opens in no other row. */
export function contextOf(storageId: string): string {
  return `user_storage/${storageId}`;
}

export function sealConfig(keys: MasterKeys, storageId: string, config: ProviderConfig): string {
  return sealEnvelope(keys, contextOf(storageId), Buffer.from(JSON.stringify(config)));
}

const stored = z.record(z.string(), z.string());

/** undefined when none of the master keys opens it: whoever lost the key gives the config again. */
export function openConfig(keys: MasterKeys, storageId: string, sealed: string): ProviderConfig | undefined {
  try {
    return stored.parse(JSON.parse(openEnvelope(keys, contextOf(storageId), sealed).toString('utf8')));
  } catch {
    return undefined;
  }
}
