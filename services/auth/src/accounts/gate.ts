/** Lets so many in at once; a bounded number of others waits in line. */
export interface Gate {
  /** Resolves when it is one's turn; null when the line is full. Each entry needs one `leave`. */
  enter(): Promise<void> | null;
  leave(): void;
}

export function createGate(atOnce: number, maxWaiting: number): Gate {
  const waiting: (() => void)[] = [];
  let inside = 0;
  return {
    enter() {
      if (inside < atOnce) {
        inside += 1;
        return Promise.resolve();
      }
      if (waiting.length >= maxWaiting) return null;
      return new Promise((resolve) => waiting.push(resolve));
    },
    leave() {
      const next = waiting.shift();
      // The place goes from hand to hand, so that nobody slips in between.
      if (next === undefined) inside -= 1;
      else next();
    },
  };
}
