import { activityPublished } from '@artdag/events';
import { appendEvent, type Execute } from '@artdag/messaging';
import { createLoop, newId, type Logger, type Loop } from '@artdag/service-kit';
import { isDeleted } from '../actors/hold-actor.ts';
import { enqueueToFollowers } from '../deliveries/enqueue.ts';
import { signPublication, type SignPublicationDeps } from './sign-publication.ts';
import { putOffSigning, storePublished, takeUnsigned, type Unsigned } from './signing-queue.repository.ts';

export interface PublicationSignerDeps extends SignPublicationDeps {
  /** Runs autocommit statements. */
  execute: Execute;
  logger: Logger;
  onPublished: () => void;
}

/** With its signature, if it can have one. */
type Signed = Unsigned;

const LIMIT = 50;
/** Longer than identity may take. */
const LEASE_MS = 30_000;
/** Until identity is there again. */
const WAIT_MS = 2_000;
const everyMs = 1_000;

/**
 * Signs what waits to be published, and publishes it: from that moment it stands in the outbox and goes to the followers. No transaction is open
 * while identity signs; of two who sign the same thing one publishes it. While identity is away it waits, however long.
 */
export function createPublicationSigner(deps: PublicationSignerDeps): Loop {
  const { execute, now, logger } = deps;
  const later = (ms: number): Date => new Date(now().getTime() + ms);

  const signed = async (unsigned: Unsigned): Promise<Signed | undefined> => {
    const { activityId } = unsigned;
    try {
      const document = await signPublication(deps, unsigned);
      if (document === undefined) logger.warn('published without a Linked Data Signature', { activity: activityId });
      return { ...unsigned, document: document ?? unsigned.document };
    } catch (error) {
      logger.warn('a publication waits to be signed', { activity: activityId, error });
      await putOffSigning(execute, activityId, later(WAIT_MS));
      return undefined;
    }
  };

  return createLoop({
    name: 'sign publications',
    everyMs,
    logger,
    run: async () => {
      const taken = await takeUnsigned(execute, { now: now(), until: later(LEASE_MS), limit: LIMIT });
      for (const each of await Promise.all(taken.map(signed))) {
        if (each !== undefined && (await publishSigned(deps, each))) deps.onPublished();
      }
      return taken.length > 0;
    },
  });
}

/** Outbox, deliveries and event in one transaction. Answers false when it was erased meanwhile, or its actor was. */
async function publishSigned(
  deps: PublicationSignerDeps,
  { activityId, apActorId, orderId, occasion, sender, document }: Signed,
): Promise<boolean> {
  return await deps.transaction(async (execute) => {
    if (await isDeleted(execute, apActorId)) return false;
    if (!(await storePublished(execute, activityId, document))) return false;
    const now = deps.now();
    await enqueueToFollowers(execute, { activityId, objectId: orderId, apActorId, username: sender.username, now });
    const event = { id: newId('evt'), occurred_at: now.toISOString(), subject: activityId, subject_version: 1 };
    await appendEvent(execute, activityPublished.create({ ...event, ...occasion, data: { activity_id: activityId } }));
    return true;
  });
}
