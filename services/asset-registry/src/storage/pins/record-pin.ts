import { AppError } from '@artdag/service-kit';
import type { z } from 'zod';
import { providerType } from '../providers/provider-types.ts';
import type { StorageDeps } from '../storage-deps.ts';
import { storageNotFound } from '../storage-id.ts';
import { newPin, type newPinSchema } from './new-pin.ts';
import { maxPins, type PinChangesRepository } from './pin-changes.repository.ts';
import { shownPin, type ShownPin } from './shown-pin.ts';

export interface PinDeps extends StorageDeps {
  pinChanges: PinChangesRepository;
}

/**
 * Records that a copy of a registered work is at a provider. The same place again is one reference more, which has to be taken back as well
 * before the pin goes: two assets of one content may stand on one copy.
 *
 * @throws AppError 404, 422 also with `content_not_registered`, 409 `pin_elsewhere` or `too_many_pins`
 */
export async function recordPin(
  deps: PinDeps,
  o: { actorId: string; storageId: string; body: z.output<typeof newPinSchema> },
): Promise<{ pin: ShownPin; isNew: boolean }> {
  const { actorId, storageId } = o;
  const storage = await deps.storage.find(actorId, storageId);
  if (storage === undefined) throw storageNotFound();
  const pin = newPin(providerType(storage.provider_type), o.body);
  const outcome = await deps.pinChanges.record({ actorId, storageId, pin, now: deps.now() });
  if (outcome === 'not-found') throw storageNotFound();
  if (outcome === 'unregistered') {
    throw new AppError('content_not_registered', 422, 'Nobody has registered a work with this content hash.');
  }
  if (outcome === 'elsewhere') {
    const message = 'This content is recorded at another place of this provider; remove that pin first.';
    throw new AppError('pin_elsewhere', 409, message);
  }
  if (outcome === 'too-many') throw new AppError('too_many_pins', 409, `A provider has at most ${maxPins} pins.`);
  deps.wakeChecker();
  return { pin: shownPin(outcome.pin), isNew: outcome.isNew };
}
