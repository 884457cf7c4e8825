/** Chance that a seed repeats. */
export interface Dice {
  /** From 0 to below `sides`. */
  roll(sides: number): number;
  /** @throws RangeError when there is nothing to pick from */
  pick<T>(from: readonly T[]): T;
  /** A copy with one bit flipped. */
  flipBit(bytes: Uint8Array): Buffer;
}

/** @param seed a uint32 (mulberry32) */
export function createDice(seed: number): Dice {
  let state = seed >>> 0;
  const roll = (sides: number): number => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return Math.floor((((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32) * sides);
  };
  return {
    roll,
    pick(from) {
      const picked = from[roll(from.length)];
      if (picked === undefined) throw new RangeError('nothing to pick from');
      return picked;
    },
    flipBit(bytes) {
      const at = roll(bytes.length);
      return Buffer.from(bytes.map((byte, i) => (i === at ? byte ^ (1 << roll(8)) : byte)));
    },
  };
}

export const randomSeed = (): number => Math.floor(Math.random() * 2 ** 32);
