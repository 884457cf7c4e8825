import type { Execute } from '@artdag/messaging';
import { eraseStorage } from '../storage/erase-storage.ts';
import type { Urls } from '../urls.ts';
import { closeNames } from './bars.repository.ts';
import { eraseAnswers, eraseEvents, type CopiesOf } from './copies.repository.ts';
import { assetsAtOnce, type ErasableRepository } from './erasable.repository.ts';
import { eraseTexts } from './erase-texts.repository.ts';
import type { Erasure } from './erasure.repository.ts';
import type { ErasedNames } from './erased-names.ts';

export interface StepDeps {
  assets: ErasableRepository;
  names: ErasedNames;
  urls: Urls;
  /** Autocommit statements. */
  execute: Execute;
  now: () => Date;
}

/** One batch. `within` runs in the transaction that also notes how far it has come, and gives that: null when nothing is left for the step. */
interface Batch {
  within: (execute: Execute) => Promise<string | null>;
}

interface Step {
  /** Finds the next batch, and does what is to be committed before it. */
  next: (deps: StepDeps, erasure: Erasure) => Promise<Batch>;
  /** How long after the erasure began it is time for it. */
  afterMs?: number;
}

const beginning = { createdAt: '-infinity', id: '' };

/** An account's assets, with their claims. None is added after its end. */
const assets: Step = {
  async next(deps, { subject: actorId, username, cursor }) {
    const after = cursor === '' ? beginning : (JSON.parse(cursor) as typeof beginning);
    const batch = username === null ? [] : await deps.assets.next({ actorId, username }, after);
    const at = deps.now();
    await closeNames(
      deps.execute,
      batch.map(({ name }) => deps.names.digestOf(name)),
      at,
    );
    const last = batch.at(-1);
    return {
      async within(execute) {
        const ids = batch.map(({ id }) => id);
        if (ids.length > 0) await eraseTexts(execute, ids, at);
        if (last === undefined || batch.length < assetsAtOnce) return null;
        return JSON.stringify({ createdAt: last.createdAt.toISOString(), id: last.id });
      },
    };
  },
};

const events: Step = {
  next: async (deps, erasure) => ({
    within: (execute) => eraseEvents(execute, copiesOf(deps, erasure), erasure.cursor),
  }),
};

const answers: Step = {
  next: async (deps, erasure) => ({
    async within(execute) {
      await eraseAnswers(execute, copiesOf(deps, erasure));
      return null;
    },
  }),
};

/** Where it kept copies, with the secrets. */
const storage: Step = {
  next: async (_deps, { subject: actorId }) => ({
    within: async (execute) => ((await eraseStorage(execute, actorId)) ? '' : null),
  }),
};

/**
 * A request that was let in before the end may be under way still, and keep an answer that nothing else is stored with: assertions are good for
 * a minute, statements have half of one.
 */
const lateAnswers: Step = { ...answers, afterMs: 120_000 };

function copiesOf({ urls }: StepDeps, { kind, subject, username }: Erasure): CopiesOf {
  if (kind === 'asset') return { assetId: subject };
  return { actorId: subject, apActorId: urls.actor(username ?? '') };
}

/** Each may be begun again from the start; one that was interrupted goes on from its last batch. */
export const steps: Record<Erasure['kind'], readonly Step[]> = {
  account: [assets, events, storage, answers, lateAnswers],
  asset: [events, answers, lateAnswers],
};
