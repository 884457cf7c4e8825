import type { Logger } from '@artdag/service-kit';
import { copyOf, type PinRow } from '../pins/pin-row.ts';
import type { ProviderCalls } from '../providers/provider-calls.ts';
import { ProviderFailure } from '../providers/provider-failure.ts';
import type { Copy, Finding } from '../providers/copy.ts';
import type { ProviderConfig, ProviderType } from '../providers/provider-type.ts';
import type { CheckResult } from './judge.ts';

export interface Look extends Omit<Finding, 'result'> {
  result: CheckResult;
}

/** A provider, opened. */
export interface OpenProvider {
  type: ProviderType;
  config: ProviderConfig;
  calls: ProviderCalls;
}

/** Asks a provider about one copy and, where its owner wants that, to pin what it does not have. Never rejects. */
export async function lookAtCopy(provider: OpenProvider, pin: PinRow, logger: Logger): Promise<Look> {
  const { type, config, calls } = provider;
  const copy = copyOf(pin);
  try {
    const found = await type.holds(config, copy, calls);
    return found.result === 'missing' && pin.request ? await askToPin(provider, copy, pin) : found;
  } catch (error) {
    if (error instanceof ProviderFailure) return { result: 'unreachable', message: error.message };
    if (!calls.signal.aborted) logger.error('a copy could not be looked at', { storage_id: pin.storage_id, error });
    return { result: 'unreachable', message: 'This server could not look.' };
  }
}

/** What was there before is missing until it is there again; what never was is on its way. */
async function askToPin({ type, config, calls }: OpenProvider, copy: Copy, pin: PinRow): Promise<Look> {
  const result = pin.status === 'unknown' ? 'pending' : 'missing';
  try {
    await type.requestPin?.(config, copy, calls);
    return { result, message: 'It is not there; the provider was asked to pin it.' };
  } catch (error) {
    if (!(error instanceof ProviderFailure)) throw error;
    return { result: 'missing', message: `It is not there, and the provider does not pin it: ${error.message}` };
  }
}
