import { KitError } from '../kit-error.ts';
import type { L1Store } from './l1-store.ts';

/** A store that does not answer is a 503, never a yes: whether somebody was signed out cannot be known without it. */
export function guarded(store: L1Store, onError: (error: unknown) => void): L1Store {
  const guard =
    <Args extends unknown[], Result>(call: (...args: Args) => Promise<Result>) =>
    async (...args: Args): Promise<Result> => {
      try {
        return await call.apply(store, args);
      } catch (cause) {
        onError(cause);
        const message = 'This server cannot look up who is signed in. Try again in a minute.';
        throw new KitError('store_unavailable', 503, message, { cause, headers: { 'retry-after': '10' } });
      }
    };
  return {
    get: guard(store.get),
    set: guard(store.set),
    setIfAbsent: guard(store.setIfAbsent),
    raise: guard(store.raise),
    delete: guard(store.delete),
    add: guard(store.add),
    members: guard(store.members),
    remove: guard(store.remove),
  };
}
