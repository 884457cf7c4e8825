import { sleep, type Logger } from '@artdag/service-kit';
import type { MasterKeys } from '@artdag/envelope';
import type { PinRow } from '../pins/pin-row.ts';
import type { ProviderCalls } from '../providers/provider-calls.ts';
import type { ProviderType } from '../providers/provider-type.ts';
import { providerType } from '../providers/provider-types.ts';
import { openConfig } from '../sealed-config.ts';
import type { CheckClaimRepository, ClaimedStorage } from './check-claim.repository.ts';
import type { CheckMetrics } from './check-metrics.ts';
import type { CheckRepository } from './check.repository.ts';
import { nextTryAt } from './check-times.ts';
import { lookAtCopy, type Look, type OpenProvider } from './look-at-copy.ts';

export interface CheckProviderDeps {
  checks: CheckRepository;
  claims: CheckClaimRepository;
  keys: MasterKeys;
  callsFor(type: ProviderType, o: { isSysadmin: boolean }): ProviderCalls;
  intervalMs: number;
  metrics: CheckMetrics;
  now: () => Date;
  logger: Logger;
  signal: AbortSignal;
}

/** A round is short, so that many providers get their turn and little is lost with a process. */
const pinsPerRound = 20;
const atOnce = 2;
/** So that a provider gets no more than a few requests a second from us. */
const gapMs = 250;
/** A provider that does not answer so often in a row is not asked on. */
const enoughFailures = 3;

/** One round over a claimed provider: looks at what is due there, writes down what it saw, and gives the provider back. */
export async function checkProvider(deps: CheckProviderDeps, storage: ClaimedStorage): Promise<void> {
  const pins = await deps.claims.duePins(storage.id, deps.now(), pinsPerRound);
  const provider = openProvider(deps, storage);
  const round = { failures: 0, answers: 0 };
  const queue = [...pins];
  const work = async (): Promise<void> => {
    for (let pin = queue.shift(); pin !== undefined; pin = queue.shift()) {
      if (deps.signal.aborted || round.failures >= enoughFailures) return;
      const isAnswer = await checkPin(deps, { storage, provider, pin });
      round.failures = isAnswer ? 0 : round.failures + 1;
      round.answers += isAnswer ? 1 : 0;
      if (queue.length > 0) await sleep(gapMs, deps.signal);
    }
  };
  await Promise.all(Array.from({ length: atOnce }, work));
  const now = deps.now();
  const isDown = round.failures > 0 && round.answers === 0 && !deps.signal.aborted;
  const failures = isDown ? storage.check_failures + 1 : round.answers > 0 ? 0 : storage.check_failures;
  const retryAt = isDown ? nextTryAt(failures, { now, intervalMs: deps.intervalMs }) : null;
  await deps.claims.release({ storage, now, failures, retryAt });
}

function openProvider({ keys, callsFor }: CheckProviderDeps, storage: ClaimedStorage): OpenProvider | undefined {
  const type = providerType(storage.provider_type);
  const config = openConfig(keys, storage.id, storage.config_enc);
  return config && { type, config, calls: callsFor(type, { isSysadmin: storage.by_sysadmin }) };
}

const sealed: Look = { result: 'unreachable', message: 'The stored config cannot be opened; give it again.' };

/** Whether the provider told something. */
async function checkPin(
  deps: CheckProviderDeps,
  { storage, provider, pin }: { storage: ClaimedStorage; provider: OpenProvider | undefined; pin: PinRow },
): Promise<boolean> {
  const { checks, logger, metrics, intervalMs, now } = deps;
  const at = now();
  const startedAt = performance.now();
  const look = provider === undefined ? sealed : await lookAtCopy(provider, pin, logger);
  if (deps.signal.aborted) return true;
  const latencyMs = Math.round(performance.now() - startedAt);
  const seen = { ...look, storage, contentHash: pin.content_hash, at, latencyMs };
  const verdict = await checks.settle(seen, { now: now(), intervalMs });
  if (verdict === undefined) return true;
  metrics.checked(look.result);
  if (verdict.isChange && (look.result === 'missing' || look.result === 'changed')) {
    logger.warn(`a copy is ${look.result}`, { storage_id: storage.id, content_hash: pin.content_hash });
  }
  return look.result !== 'unreachable';
}
