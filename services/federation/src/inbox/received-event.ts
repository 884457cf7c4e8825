import { inboxActivityReceived } from '@artdag/events';
import { newId } from '@artdag/service-kit';

/** Tells that an activity was accepted; once for every id. */
export function receivedEvent(
  { id, actor, type }: { id: string; actor: string; type: string },
  { now, correlationId }: { now: Date; correlationId?: string | undefined },
) {
  return inboxActivityReceived.create({
    id: newId('evt'),
    occurred_at: now.toISOString(),
    subject: id,
    subject_version: 1,
    correlation_id: correlationId,
    data: { ap_actor: actor, activity_id: id, type },
  });
}
