/**
 * The source of Keccak-f[1600] (FIPS 202 §3) as JavaScript engines run it fastest: its lanes in local variables of 32 bits, every
 * step of a round written out.
 */
export function keccakFSource() {
  const lanes = range(25).flatMap((i) => halves.map((half, at) => ({ name: `a${i}${half}`, place: 2 * i + at })));
  return `const roundConstants = new Int32Array([${roundConstants().flatMap(split)}]);
export function keccakF(state) {
  const s = new Int32Array(state.buffer, state.byteOffset, 50);
  let ${lanes.map(({ name, place }) => `${name} = s[${place}]`).join(', ')};
  for (let round = 0; round < 48; round += 2) {
${[...theta(), ...rhoAndPi(), ...chi()].map((line) => `    ${line}`).join('\n')}
    a0l ^= roundConstants[round];
    a0h ^= roundConstants[round + 1];
  }
${lanes.map(({ name, place }) => `  s[${place}] = ${name};`).join('\n')}
}
`;
}

const range = (count) => Array.from({ length: count }, (_, at) => at);
const halves = ['l', 'h'];
const split = (lane) => [Number(BigInt.asIntN(32, lane)), Number(BigInt.asIntN(32, lane >> 32n))];

/** §3.2.1: each column's parity goes into the columns beside it; `d` is what lanes get. */
function theta() {
  const parity = (x, half) =>
    range(5)
      .map((y) => `a${x + 5 * y}${half}`)
      .join(' ^ ');
  const parities = range(5).flatMap((x) => halves.map((half) => `const c${x}${half} = ${parity(x, half)};`));
  const changes = range(5).flatMap((x) => {
    const right = rotated(`c${(x + 1) % 5}`, 1);
    return halves.map((half) => `const d${x}${half} = c${(x + 4) % 5}${half} ^ (${right[half]});`);
  });
  return [...parities, ...changes];
}

/** §3.2.2 and §3.2.3: every lane is rotated, and moved to a place of its own in `b`. */
function rhoAndPi() {
  const offsets = rotationOffsets();
  return range(25).flatMap((i) => {
    const [x, y] = [i % 5, Math.floor(i / 5)];
    const moved = rotated(`t${i}`, offsets[i]);
    const place = y + 5 * ((2 * x + 3 * y) % 5);
    return [
      ...halves.map((half) => `const t${i}${half} = a${i}${half} ^ d${x}${half};`),
      ...halves.map((half) => `const b${place}${half} = ${moved[half]};`),
    ];
  });
}

/** §3.2.4: the one step that is not linear. */
function chi() {
  const lane = (x, y, half) => `b${(x % 5) + 5 * y}${half}`;
  return range(25).flatMap((i) => {
    const [x, y] = [i % 5, Math.floor(i / 5)];
    return halves.map(
      (half) => `a${i}${half} = ${lane(x, y, half)} ^ (~${lane(x + 1, y, half)} & ${lane(x + 2, y, half)});`,
    );
  });
}

/** The halves of a lane that is rotated to the left. */
function rotated(name, by) {
  const [l, h] = by < 32 ? [`${name}l`, `${name}h`] : [`${name}h`, `${name}l`];
  const n = by % 32;
  if (n === 0) return { l, h };
  return { l: `${l} << ${n} | ${h} >>> ${32 - n}`, h: `${h} << ${n} | ${l} >>> ${32 - n}` };
}

function rotationOffsets() {
  const offsets = [0];
  for (let t = 0, x = 1, y = 0; t < 24; t += 1) {
    offsets[x + 5 * y] = (((t + 1) * (t + 2)) / 2) % 64;
    [x, y] = [y, (2 * x + 3 * y) % 5];
  }
  return offsets;
}

/** §3.2.5: bits of a shift register, at the places 2^j - 1. */
function roundConstants() {
  let register = 1;
  return range(24).map(() => {
    let constant = 0n;
    for (let j = 0; j < 7; j += 1) {
      register = ((register << 1) ^ ((register >> 7) * 0x171)) & 0xff;
      if ((register & 2) !== 0) constant ^= 1n << ((1n << BigInt(j)) - 1n);
    }
    return constant;
  });
}
