import { setImmediate as nextTurn } from 'node:timers/promises';
import { activityPublished } from '@artdag/events';
import { appendEvent, type Execute } from '@artdag/messaging';
import { createLoop, newId, type Logger, type Loop } from '@artdag/service-kit';
import { isDeleted } from '../actors/hold-actor.ts';
import type { Sign } from '../deliveries/batch-signer.ts';
import { enqueueToFollowers } from '../deliveries/enqueue.ts';
import { signPublication, type SignPublicationDeps } from './sign-publication.ts';
import { putOffSigning, storePublished, takeUnsigned, type Unsigned } from './signing-queue.repository.ts';

export interface PublicationSignerDeps extends SignPublicationDeps {
  /** Runs autocommit statements. */
  execute: Execute;
  logger: Logger;
  onPublished: () => void;
}

interface Signing {
  unsigned: Unsigned;
  /** With its signature; undefined when it can never have one. */
  document: Promise<string | undefined>;
}

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

  const publishOne = async ({ unsigned, document }: Signing): Promise<void> => {
    const text = await document;
    if (text === undefined) {
      logger.warn('published without a Linked Data Signature', { activity: unsigned.activityId });
    }
    if (await publishSigned(deps, unsigned, text ?? unsigned.document)) deps.onPublished();
  };

  return createLoop({
    name: 'sign publications',
    everyMs,
    logger,
    run: async () => {
      const taken = await takeUnsigned(execute, { now: now(), until: later(LEASE_MS), limit: LIMIT });
      const failed: string[] = [];
      let error: unknown;
      for (const signing of await signAll(deps, taken)) {
        await publishOne(signing).catch((reason: unknown) => {
          failed.push(signing.unsigned.activityId);
          error = reason;
        });
      }
      if (failed.length > 0) {
        // One line, however many there are.
        logger.warn('publications wait to be signed', { publications: failed.length, error });
        await putOffSigning(execute, failed, later(WAIT_MS));
      }
      // When nothing can be signed, it need not be found out for all that waits at once.
      return failed.length < taken.length;
    },
  });
}

/**
 * Begins to sign all of them. The event loop has its turn between one and the next, as bringing documents into canonical order is computing;
 * identity is asked for all signatures together.
 */
async function signAll(deps: PublicationSignerDeps, taken: readonly Unsigned[]): Promise<Signing[]> {
  let askAll = (): void => {};
  const allComposed = new Promise<void>((resolve) => {
    askAll = resolve;
  });
  const sign: Sign = async (by, bytes) => {
    await allComposed;
    return await deps.sign(by, bytes);
  };
  const signings: Signing[] = [];
  for (const unsigned of taken) {
    const document = signPublication({ ...deps, sign }, unsigned);
    // Whoever awaits it comes later.
    document.catch(() => undefined);
    signings.push({ unsigned, document });
    await nextTurn();
  }
  askAll();
  return signings;
}

/** Outbox, deliveries and event in one transaction. Answers false when it was erased meanwhile, or its actor was. */
async function publishSigned(
  deps: PublicationSignerDeps,
  { activityId, apActorId, orderId, occasion, sender }: Unsigned,
  document: string,
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
