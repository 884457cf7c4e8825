/** Keeps work that blocks the event loop in small portions. */
export interface Turns {
  /** Take one unit before each piece of work: gives a promise when this turn's are used up, undefined otherwise. */
  take(): Promise<void> | undefined;
}

/** @param perTurn how many units one turn of the event loop may do, whoever wants them */
export function createTurns(perTurn: number): Turns {
  const turn = { left: perTurn };
  let next: Promise<void> | undefined;

  const nextTurn = (): Promise<void> =>
    (next ??= new Promise((resolve) => {
      setImmediate(() => {
        turn.left = perTurn;
        next = undefined;
        resolve();
      });
    }));
  const wait = async (): Promise<void> => {
    while (turn.left === 0) await nextTurn();
    turn.left -= 1;
  };

  return {
    take() {
      if (turn.left === 0) return wait();
      turn.left -= 1;
      return undefined;
    },
  };
}
