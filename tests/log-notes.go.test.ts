import { generateKeyPairSync, sign } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { formatVkey, openNote, parseTilePath, tilePath, verifierKey, type Tile } from '@artdag/transparency-log';
import { createDice, randomSeed } from './lib/dice.ts';
import { buildTlogReference, type TlogReference } from './lib/tlog-reference.ts';

let reference: TlogReference;
beforeAll(async () => {
  reference = await buildTlogReference();
});
afterAll(() => reference?.remove());

const seed = randomSeed();
const dice = createDice(seed);
const base64 = (bytes: Uint8Array): string => Buffer.from(bytes).toString('base64');
const bytesOf = (text: string): Buffer => Buffer.from(text, 'base64');

describe(`the package's paths against Go's (seed ${seed})`, () => {
  it('write and read tiles alike, up to a billion and beyond, and refuse the same spellings', async () => {
    const edges = [0, 1, 9, 10, 99, 100, 999, 1_000, 1_001, 999_999, 1_000_000, 1_234_067, 999_999_999, 1_000_000_000];
    const written = Array.from({ length: 2_000 }, (_, i): Tile => {
      const index = edges[i] ?? Math.floor(10 ** (dice.roll(12_000) / 1_000));
      return {
        level: dice.pick([0, 1, 2, 63, 'entries']),
        index,
        width: dice.pick([1, 2, 255, 256, 1 + dice.roll(256)]),
      };
    });
    const numbered = (level: Tile['level']): number => (level === 'entries' ? -1 : level);
    const paths = await reference.ask(
      written.map(({ level, index, width }) => ({ op: 'path', level: numbered(level), number: index, width })),
    );
    expect(written.map(tilePath)).toEqual(paths.map(({ path }) => path));

    const letters = [...'0123456789x/.p-+ entries'];
    const spelled = written.map((tile) => {
      const path = [...tilePath(tile)];
      for (let i = dice.roll(3); i > 0; i -= 1)
        path.splice(dice.roll(path.length + 1), dice.roll(2), ...dice.pick([[], [dice.pick(letters)]]));
      return path.join('');
    });
    const replies = await reference.ask(spelled.map((path) => ({ op: 'parse-path', path })));
    const read = spelled.map((path) => {
      try {
        const { level, index, width } = parseTilePath(path);
        return { level: numbered(level), number: index, width };
      } catch {
        return undefined;
      }
    });
    // C2SP ends levels at 63, where Go does not care.
    const theirs = replies.map((reply) => (reply.error === undefined && (reply.level ?? 0) <= 63 ? reply : undefined));
    expect(read).toEqual(theirs);
    expect(new Set(read.map((each) => each === undefined)).size).toBe(2);
  });
});

describe(`the package's notes against Go's (seed ${seed})`, () => {
  const newKey = (name: string) => {
    const { publicKey, privateKey } = generateKeyPairSync('ed25519');
    return {
      ...verifierKey(
        name,
        bytesOf(publicKey.export({ format: 'jwk' }).x?.replaceAll('-', '+').replaceAll('_', '/') ?? ''),
      ),
      privateKey,
    };
  };
  const keys = ['log.example/log', 'witness.example', 'wïtness.example/ß'].map(newKey);
  const stranger = newKey('log.example/log');
  const line = (text: string, key: (typeof keys)[number]): string =>
    `— ${key.name} ${Buffer.concat([Buffer.from(key.id, 'hex'), sign(null, Buffer.from(text), key.privateKey)]).toString('base64')}\n`;

  function someNote(): Buffer {
    const text = dice.pick([
      'One\n',
      'One\n\nTwo\n',
      '\n',
      '\n\n',
      'ein Zeichen: ü\n',
      'log.example/log\n7\nAAAA\n',
      '— x AAAA\n',
    ]);
    const signers = Array.from({ length: dice.roll(4) }, () => dice.pick([...keys, stranger]));
    const other = dice.roll(6) === 0 ? 'Two\n' : text;
    return Buffer.from(`${text}\n${signers.map((key) => line(dice.roll(4) === 0 ? other : text, key)).join('')}`);
  }

  function mutated(note: Buffer): Buffer {
    const at = dice.roll(note.length + 1);
    const insertion = dice.pick([
      '\n',
      ' ',
      '\n\n',
      '\r',
      '\t',
      '\0',
      '+',
      '=',
      'A',
      '— ',
      '\u2003',
      '\u0085',
      '\ufeff',
      '\x7f',
      '\xff',
    ]);
    const encoded = Buffer.from(insertion, insertion === '\xff' ? 'latin1' : 'utf8');
    return dice.pick([
      note,
      note,
      dice.flipBit(note),
      Buffer.concat([note.subarray(0, at), encoded, note.subarray(at)]),
      Buffer.concat([note.subarray(0, at), note.subarray(at + 1 + dice.roll(3))]),
      note.subarray(0, at),
      Buffer.concat([note, note.subarray(at)]),
    ]);
  }

  it('are opened or refused alike, and where the package is stricter it says why', async () => {
    const notes = Array.from({ length: 8_000 }, () => mutated(someNote()));
    const known = keys.map((key) => ({ name: key.name, id: key.id, publicKey: key.publicKey }));
    const vkeys = known.map(formatVkey);
    const replies = await reference.ask(notes.map((note) => ({ op: 'note', note: base64(note), vkeys })));
    const stricter = new Map<string, number>();
    let opened = 0;
    for (const [i, note] of notes.entries()) {
      const reply = replies[i] ?? {};
      try {
        const { text, signers } = openNote(note, known);
        expect(reply).toEqual({
          text: base64(Buffer.from(text)),
          signers: signers.map((key) => `${key.name}+${key.id}`),
        });
        opened += 1;
      } catch (error) {
        if (reply.error !== undefined) continue;
        const reason = whyStricter(note);
        if (reason === undefined)
          throw new Error(`Go opens what the package refuses: ${JSON.stringify(note.toString())}`, { cause: error });
        stricter.set(reason, (stricter.get(reason) ?? 0) + 1);
      }
    }
    expect(opened).toBeGreaterThan(1_000);
    console.log(`notes: ${opened} opened by both; refused by the package alone: ${JSON.stringify([...stricter])}`);
  });

  /** Go decodes base64 with stray bits, and looks at no more than the first signature of a key. */
  function whyStricter(note: Buffer): string | undefined {
    const lines = note
      .toString()
      .slice(note.toString().lastIndexOf('\n\n') + 2, -1)
      .split('\n')
      .map((each) => each.split(' '));
    if (lines.some(([, , encoded = '']) => bytesOf(encoded).toString('base64') !== encoded))
      return 'base64 that is not canonical';
    const ids = lines.map(([, name, encoded = '']) => `${name} ${bytesOf(encoded).toString('hex', 0, 4)}`);
    return new Set(ids).size < ids.length ? 'a second signature of a key, false' : undefined;
  }
});
