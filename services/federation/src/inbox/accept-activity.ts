import { inboxActivityReceived } from '@artdag/events';
import { appendEvent, type Execute } from '@artdag/messaging';
import { newId } from '@artdag/service-kit';
import type { Effect, EffectContext } from './effects.ts';
import { logActivity, setResult } from './inbox-log.repository.ts';
import type { ReceivedActivity } from './read-activity.ts';

/** What became of an activity that was answered 202. */
export type Reception = Effect | 'repeated' | 'conflict';

/** The two types whose ids may come again with effect, since the relationship decides. */
const JUDGED_BY_RELATIONSHIP = new Set(['Follow', 'Undo']);

/**
 * Keeps an activity and does what it says, in the caller's transaction: the row of the log decides about repetitions, also of two that
 * come at once. Another document under a known id has no effect.
 */
export async function acceptActivity(
  execute: Execute,
  context: EffectContext,
  activity: ReceivedActivity,
  effect: () => Promise<Effect>,
): Promise<Reception> {
  const entry = await logActivity(execute, activity, context.now);
  if (entry === 'conflict') return 'conflict';
  if (entry === 'repeated' && !JUDGED_BY_RELATIONSHIP.has(activity.type)) return 'repeated';
  const result = await effect();
  if (entry === 'repeated') return result === 'ignored' ? 'repeated' : result;
  await setResult(execute, activity.actor, activity.id, result);
  await appendEvent(execute, received(activity, context));
  return result;
}

function received({ id, actor, type }: ReceivedActivity, { now, correlationId }: EffectContext) {
  return inboxActivityReceived.create({
    id: newId('evt'),
    occurred_at: now.toISOString(),
    subject: id,
    subject_version: 1,
    correlation_id: correlationId,
    data: { ap_actor: actor, activity_id: id, type },
  });
}
