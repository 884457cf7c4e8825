import type { Execute } from '@artdag/messaging';
import type { InTransaction } from '../transaction.ts';

/** Transactions of consumers, with what is to be done once they are committed: the network is kept out of them. */
export interface AfterCommit {
  transaction<T>(work: (execute: Execute) => Promise<T>): Promise<T>;
  /**
   * Has `effect` run after the commit of the transaction that `execute` belongs to, before the event is acknowledged. A crash in between loses
   * it: only for what something else does as well, a little later.
   */
  after(execute: Execute, effect: () => Promise<void>): void;
}

export function createAfterCommit(inTransaction: InTransaction): AfterCommit {
  const effects = new WeakMap<Execute, (() => Promise<void>)[]>();
  return {
    async transaction(work) {
      let inHand: (() => Promise<void>)[] = [];
      const result = await inTransaction(null, async (execute) => {
        inHand = [];
        effects.set(execute, inHand);
        return await work(execute);
      });
      for (const effect of inHand) await effect();
      return result;
    },
    after: (execute, effect) => void effects.get(execute)?.push(effect),
  };
}
