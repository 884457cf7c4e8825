import { expect, it } from '@jest/globals';
import { createTurns } from './turns.ts';

it('gives no turn of the event loop more than its units, whoever wants them, and everybody what they want', async () => {
  const turns = createTurns(16);
  let turn = 0;
  let ticking = setImmediate(function tick() {
    turn += 1;
    ticking = setImmediate(tick);
  });
  const perTurn = new Map<number, number>();
  const work = async (): Promise<void> => {
    for (let i = 0; i < 40; i += 1) {
      const pause = turns.take();
      if (pause !== undefined) await pause;
      perTurn.set(turn, (perTurn.get(turn) ?? 0) + 1);
    }
  };
  await Promise.all([work(), work(), work()]);
  clearImmediate(ticking);
  const counts = [...perTurn.values()];
  expect(Math.max(...counts)).toBeLessThanOrEqual(16);
  expect(counts.reduce((sum, count) => sum + count, 0)).toBe(120);
});
