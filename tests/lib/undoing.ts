export interface Undoing {
  add(undo: () => Promise<unknown>): void;
  /** Once. */
  all(): Promise<void>;
}

/** Undoes what was set up, the last first, each whatever became of the others. */
export function undoing(): Undoing {
  const undos: (() => Promise<unknown>)[] = [];
  return {
    add: (undo) => void undos.unshift(undo),
    async all() {
      const failures: unknown[] = [];
      for (const undo of undos.splice(0)) await undo().catch((error: unknown) => failures.push(error));
      if (failures.length > 0) throw new AggregateError(failures, 'could not clean up');
    },
  };
}

/** Sets something up as a whole, or leaves nothing behind: what `assemble` had added is undone when it fails. */
export async function wholeOrNothing<T>(assemble: (undo: Undoing) => Promise<T>): Promise<T> {
  const undo = undoing();
  try {
    return await assemble(undo);
  } catch (error) {
    await undo.all();
    throw error;
  }
}
