import { toOutboxRow, type Execute } from '@artdag/messaging';
import { isConnectionFailure } from '@artdag/service-kit';
import type { ProofVerdict } from '../proofs/judge-proofs.ts';
import type { LocalUrls } from '../urls.ts';
import { concernsUs } from './concerns-us.ts';
import { createGatherer } from './gatherer.ts';
import { insertEntries, keyOf, storedHash, type NewEntry } from './inbox-log.repository.ts';
import { queueAgain } from './inbox-queue.repository.ts';
import type { ReceivedActivity } from './read-activity.ts';
import { receivedEvent } from './received-event.ts';

/** What became of an activity that was answered 202: stored and waiting, or of no concern to us; or known, by the same or by other content. */
export type Reception = 'queued' | 'ignored' | 'repeated' | 'conflict';

interface Occasion {
  now: Date;
  correlationId: string;
  proofVerdict: ProofVerdict | undefined;
}

export interface InboxStore {
  /** Resolves once that is durable. */
  store(activity: ReceivedActivity, o: Occasion): Promise<Reception>;
}

export interface InboxStoreDeps {
  /** Runs autocommit statements. */
  execute: Execute;
  urls: LocalUrls;
  /** Called when something was committed that others wait for. */
  onStored: () => void;
}

interface Pending {
  entry: NewEntry;
  outcome?: { isNew: boolean } | { error: unknown };
}

/** The two types whose ids may come again with effect, since the relationship decides. */
const JUDGED_BY_RELATIONSHIP = new Set(['Follow', 'Undo']);
const BATCHES = { maxItems: 200, everyMs: 15 };

/** Stores what arrives together with one statement and one commit, without making a lone one wait. */
export function createInboxStore({ execute, urls, onStored }: InboxStoreDeps): InboxStore {
  const gatherer = createGatherer((pending: readonly Pending[]) => storeBatch(execute, pending), BATCHES);

  const isNew = async (entry: NewEntry): Promise<boolean> => {
    const pending: Pending = { entry };
    await gatherer.add(pending);
    const { outcome } = pending;
    if (outcome === undefined || 'error' in outcome) throw outcome?.error;
    return outcome.isNew;
  };

  return {
    async store(activity, { now, correlationId, proofVerdict }) {
      const waits = concernsUs(urls, activity);
      const event = waits ? {} : { settledBy: toOutboxRow(receivedEvent(activity, { now, correlationId })) };
      const stored = await isNew({ activity, receivedAt: now, correlationId, proofVerdict, ...event });
      if (!stored && (await storedHash(execute, activity.actor, activity.id)) !== activity.hash) return 'conflict';
      if (!stored && !(waits && JUDGED_BY_RELATIONSHIP.has(activity.type))) return 'repeated';
      if (!stored) await queueAgain(execute, activity);
      onStored();
      if (!stored) return 'repeated';
      return waits ? 'queued' : 'ignored';
    },
  };
}

/** Notes each one's outcome. Of the same id twice only the first is new. */
async function storeBatch(execute: Execute, pending: readonly Pending[]): Promise<void> {
  const firsts = new Map<string, Pending>();
  for (const each of pending) {
    const key = keyOf(each.entry.activity.actor, each.entry.activity.id);
    if (firsts.has(key)) each.outcome = { isNew: false };
    else firsts.set(key, each);
  }
  await storeAll(execute, [...firsts.values()]);
}

/** A row that the database refuses fails alone: the others are stored one by one. Without a database all fail at once. */
async function storeAll(execute: Execute, pending: readonly Pending[]): Promise<void> {
  try {
    const stored = await insertEntries(
      execute,
      pending.map(({ entry }) => entry),
    );
    for (const each of pending) each.outcome = { isNew: stored.has(each.entry) };
  } catch (error) {
    if (pending.length === 1 || isConnectionFailure(error)) {
      for (const each of pending) each.outcome = { error };
    } else {
      for (const each of pending) await storeAll(execute, [each]);
    }
  }
}
