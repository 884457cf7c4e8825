import { toOutboxRow, type Execute } from '@artdag/messaging';
import { hostsOf, type BlockedHosts } from '../blocked-hosts/refuse-blocked.ts';
import { holdRemoteActor } from '../remote-actors/hold-remote-actor.ts';
import { applyEffect, type Effect } from './effects.ts';
import { settleEntry, takeFirst, type Waiting } from './inbox-queue.repository.ts';
import { parseDocument, readActivity } from './read-activity.ts';
import { receivedEvent } from './received-event.ts';
import type { LocalUrls } from '../urls.ts';

export interface ProcessDeps {
  /** One transaction; resolves after its commit. */
  transaction: <T>(work: (execute: Execute) => Promise<T>) => Promise<T>;
  urls: LocalUrls;
  blockedHosts: BlockedHosts;
  now: () => Date;
}

/** What was done about one activity. */
export interface Processed {
  waiting: Waiting;
  outcome: { effect: Effect } | { error: unknown };
}

/**
 * Does what a sender's first waiting activity says, as it was stored: effect, result and event in one transaction, together with its leaving the queue.
 * Undefined when there is none that could be taken. Throws only when nothing could be taken; what failed then is told in the outcome, and undone.
 *
 * @param begun the place of the one that is counted as tried already (`beginFirst`)
 */
export async function processFirst(
  deps: ProcessDeps,
  actor: string,
  begun: string | undefined,
): Promise<Processed | undefined> {
  let waiting: Waiting | undefined;
  // Its host may have been blocked after it was let in.
  const isBlocked = await deps.blockedHosts.isAnyBlocked(hostsOf([actor]));
  try {
    return await deps.transaction(async (execute) => {
      waiting = await takeFirst(execute, actor, { now: deps.now(), begun });
      if (waiting === undefined) return undefined;
      return { waiting, outcome: { effect: await processTaken(deps, execute, waiting, isBlocked) } };
    });
  } catch (error) {
    if (waiting === undefined) throw error;
    return { waiting, outcome: { error } };
  }
}

async function processTaken(
  deps: ProcessDeps,
  execute: Execute,
  waiting: Waiting,
  isBlocked: boolean,
): Promise<Effect> {
  const context = { urls: deps.urls, now: deps.now(), correlationId: waiting.correlationId };
  const effect = isBlocked ? 'ignored' : await effectOf(execute, context, waiting);
  // One that came again tells no second time, and does not hide what it did before.
  const hasResult = waiting.result !== null;
  const result = hasResult && effect === 'ignored' ? waiting.result : effect;
  const event = hasResult ? undefined : toOutboxRow(receivedEvent(waiting, context));
  await settleEntry(execute, waiting, result ?? effect, event);
  return effect;
}

/** What was erased meanwhile has none, nor has what comes of somebody who has been deleted since. */
async function effectOf(
  execute: Execute,
  context: Parameters<typeof applyEffect>[1],
  { actor, text }: Waiting,
): Promise<Effect> {
  if (text === '') return 'ignored';
  const sender = await holdRemoteActor(execute, actor);
  if (sender === 'gone') return 'ignored';
  if (sender === undefined) throw new Error('Nothing is known of its sender any more.');
  const activity = readActivity(context.urls, parseDocument(Buffer.from(text)));
  return applyEffect(execute, context, activity, sender);
}
