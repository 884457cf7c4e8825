/**
 * Permutes a Keccak state in place. Written by `scripts/lib/keccak-f.mjs` when the worker is bundled.
 *
 * @param state 25 lanes, each the lower 32 bits and then the upper
 */
export function keccakF(state: Uint32Array): void;
