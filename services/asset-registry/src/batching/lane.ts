/** Runs work, so many pieces at once at most; the others wait in the order in which they came. */
export type Lane = <T>(work: () => Promise<T>) => Promise<T>;

export function createLane(width: number): Lane {
  const waiting: (() => void)[] = [];
  let busy = 0;
  return async (work) => {
    if (busy >= width) await new Promise<void>((resolve) => waiting.push(resolve));
    else busy += 1;
    try {
      return await work();
    } finally {
      const next = waiting.shift();
      // Who comes next takes the place over.
      if (next) next();
      else busy -= 1;
    }
  };
}
