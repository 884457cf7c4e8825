import { confirmKeysRevoked, type ConfirmRevokedDeps } from '../public-keys/confirm-revoked.ts';
import { sweepableBefore, type SweepRepository } from './sweep.repository.ts';

export interface ConfirmKeysDeps extends ConfirmRevokedDeps {
  repository: SweepRepository;
}

/**
 * Revocations that were written and could not be told to auth are told now.
 *
 * @throws AppError 503 `dependency_unavailable`
 */
export async function confirmKeys(deps: ConfirmKeysDeps): Promise<void> {
  const keys = await deps.repository.unconfirmedKeys(deps.execute, sweepableBefore(deps.now()));
  for (const reason of new Set(keys.map((key) => key.reason))) {
    const group = keys.filter((key) => key.reason === reason);
    await confirmKeysRevoked(deps, group, reason);
  }
}
