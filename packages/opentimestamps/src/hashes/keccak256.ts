const rounds = 24;
const rateBytes = 136;

/** Where each lane goes (π), how far it turns (ρ) and what each round adds (ι), by the rules of FIPS 202 §3.2. */
function makeTables() {
  const lanes: number[] = [];
  const turns: number[] = [];
  const constants = new Uint32Array(2 * rounds);
  let [x, y, lfsr] = [1, 0, 1];
  for (let round = 0; round < rounds; round += 1) {
    [x, y] = [y, (2 * x + 3 * y) % 5];
    lanes.push(5 * y + x);
    turns.push((((round + 1) * (round + 2)) / 2) % 64);
    for (let j = 0; j < 7; j += 1) {
      lfsr = ((lfsr << 1) ^ ((lfsr >> 7) * 0x71)) & 0xff;
      const bit = 2 ** j - 1;
      const half = 2 * round + (bit >= 32 ? 1 : 0);
      if ((lfsr & 2) !== 0) constants[half] = (constants[half] ?? 0) ^ (1 << (bit % 32));
    }
  }
  return { lanes, turns, constants };
}

const { lanes, turns, constants } = makeTables();
/** Scratch of the permutation: column parities and one row; kept, as a hostile proof can ask for thousands of them. */
const columns = new Uint32Array(10);

/** Keccak-f[1600] on 25 lanes, each as its low and its high half. */
function permute(state: Uint32Array): void {
  const at = (array: Uint32Array, i: number): number => array[i] ?? 0;
  for (let round = 0; round < rounds; round += 1) {
    for (let i = 0; i < 10; i += 1)
      columns[i] = at(state, i) ^ at(state, i + 10) ^ at(state, i + 20) ^ at(state, i + 30) ^ at(state, i + 40);
    for (let i = 0; i < 10; i += 2) {
      const [left, right] = [(i + 8) % 10, (i + 2) % 10];
      const [low, high] = [at(columns, right), at(columns, right + 1)];
      const d0 = at(columns, left) ^ ((low << 1) | (high >>> 31));
      const d1 = at(columns, left + 1) ^ ((high << 1) | (low >>> 31));
      for (let j = i; j < 50; j += 10) {
        state[j] = at(state, j) ^ d0;
        state[j + 1] = at(state, j + 1) ^ d1;
      }
    }
    let [low, high] = [at(state, 2), at(state, 3)];
    for (let i = 0; i < rounds; i += 1) {
      const [lane, turn] = [2 * (lanes[i] ?? 0), turns[i] ?? 0];
      const [nextLow, nextHigh] = [at(state, lane), at(state, lane + 1)];
      if (turn >= 32) [low, high] = [high, low];
      const by = turn % 32;
      state[lane] = by === 0 ? low : (low << by) | (high >>> (32 - by));
      state[lane + 1] = by === 0 ? high : (high << by) | (low >>> (32 - by));
      [low, high] = [nextLow, nextHigh];
    }
    for (let row = 0; row < 50; row += 10) {
      for (let i = 0; i < 10; i += 1) columns[i] = at(state, row + i);
      for (let i = 0; i < 10; i += 1)
        state[row + i] = at(columns, i) ^ (~at(columns, (i + 2) % 10) & at(columns, (i + 4) % 10));
    }
    state[0] = at(state, 0) ^ at(constants, 2 * round);
    state[1] = at(state, 1) ^ at(constants, 2 * round + 1);
  }
}

/** Keccak-256 as Ethereum uses it: SHA3-256 but for the padding, so node:crypto has none. 32 bytes. */
export function keccak256(message: Uint8Array): Uint8Array {
  const padded = Buffer.alloc((Math.floor(message.length / rateBytes) + 1) * rateBytes);
  padded.set(message);
  padded[message.length] = 0x01;
  padded[padded.length - 1] = (padded.at(-1) ?? 0) | 0x80;
  const state = new Uint32Array(50);
  for (let block = 0; block < padded.length; block += rateBytes) {
    for (let i = 0; i < rateBytes / 4; i += 1) state[i] = (state[i] ?? 0) ^ padded.readUInt32LE(block + 4 * i);
    permute(state);
  }
  const digest = Buffer.alloc(32);
  for (let i = 0; i < 8; i += 1) digest.writeUInt32LE(state[i] ?? 0, 4 * i);
  return new Uint8Array(digest);
}
