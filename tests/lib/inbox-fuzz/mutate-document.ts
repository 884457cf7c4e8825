import type { Dice } from '../dice.ts';
import { oddValue, type Json, type World } from './odd-values.ts';

/** What mostly stays as it is, so that most of what is signed afterwards gets past the frame and the signature. */
const frame = new Set(['id', 'actor']);

type Holder = Json | unknown[];
const isHolder = (value: unknown): value is Holder => typeof value === 'object' && value !== null;

/** A place in a document: what holds it, and under which name. */
function pickPlace(dice: Dice, document: Json): [Holder, string] | undefined {
  let holder: Holder = document;
  for (;;) {
    const names = Object.keys(holder).filter((name) => holder !== document || !frame.has(name) || dice.roll(12) === 0);
    if (names.length === 0) return undefined;
    const name = dice.pick(names);
    const inner: unknown = (holder as Json)[name];
    if (!isHolder(inner) || Object.keys(inner).length === 0 || dice.roll(3) === 0) return [holder, name];
    holder = inner;
  }
}

/** A copy with up to four values replaced, removed, wrapped, doubled or moved, at any depth. */
export function mutateDocument(dice: Dice, w: World, document: Json): Json {
  const copy = structuredClone(document);
  for (let left = dice.roll(5); left > 0; left -= 1) {
    const place = pickPlace(dice, copy);
    if (place === undefined) break;
    const [holder, name] = place as [Json, string];
    const value = holder[name];
    const changes: (() => void)[] = [
      () => (holder[name] = oddValue(dice, w)),
      () => (holder[name] = oddValue(dice, w)),
      () => delete holder[name],
      () => (holder[name] = [value]),
      () => (holder[name] = [value, value, oddValue(dice, w)]),
      () => (holder[name] = { id: value }),
      () => (holder[`${name}\u0000`] = value),
      () =>
        (holder[dice.pick(['type', 'object', '@id', '@type', '@graph', 'to', 'proof', '@context'])] = oddValue(
          dice,
          w,
        )),
      () => (holder[name] = JSON.stringify(value)),
    ];
    dice.pick(changes)();
  }
  return copy;
}

const pieces = [
  ...[
    '{"__proto__":{"actor":1},',
    '{"\\u005f_proto__":1,',
    '{"type":"Follow",',
    '{"id":1,"id":2,',
    '{"a":1e999,',
    '{"a":0.1e-9999,',
  ],
  ...[
    `{"a":${'9'.repeat(400)},`,
    '{"":"",',
    '{"a":"\\ud800",',
    '{"a":"\\u0000",',
    '{/**/',
    '{,',
    '{{',
    `{"a":${'['.repeat(50)}`,
  ],
];

/** The document as bytes: mostly true to it, else with text that no serializer writes, or with bytes flipped, cut out, doubled or put in. */
export function mutateBytes(dice: Dice, document: Json): Buffer {
  let text = JSON.stringify(document);
  if (dice.roll(10) === 0) {
    const at = text.split('{').length - 1;
    const which = dice.roll(at) + 1;
    let seen = 0;
    const piece = dice.pick(pieces);
    text = text.replaceAll('{', () => ((seen += 1) === which ? piece : '{'));
  }
  const bytes = Buffer.from(text);
  const at = dice.roll(bytes.length);
  const to = at + dice.roll(Math.min(200, bytes.length - at));
  const other = Buffer.from(dice.pick(['\u0000', '\ufeff', '"', '\\', '}', ']', 'null', '\u2028', ' '.repeat(5000)]));
  return dice.pick<() => Buffer>([
    ...Array.from({ length: 14 }, () => () => bytes),
    () => dice.flipBit(bytes),
    () => dice.flipBit(dice.flipBit(dice.flipBit(bytes))),
    () => bytes.subarray(0, at),
    () => Buffer.concat([bytes.subarray(0, at), bytes.subarray(to)]),
    () => Buffer.concat([bytes.subarray(0, to), bytes.subarray(at)]),
    () => Buffer.concat([bytes.subarray(0, at), other, bytes.subarray(at)]),
    () => Buffer.concat([bytes.subarray(0, at), Buffer.from([0xed, 0xa0, 0x80, 0xff, 0xc0]), bytes.subarray(at)]),
    () => (dice.roll(20) === 0 ? Buffer.concat([bytes, Buffer.alloc(300_000, 0x20)]) : Buffer.from('[]')),
  ])();
}
