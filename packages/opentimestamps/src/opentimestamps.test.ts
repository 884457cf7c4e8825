import { describe, expect, it } from '@jest/globals';
import { concat, fromHex, toHex, varbytes, varuint } from './bytes.ts';
import { twoCalendars, helloWorld } from './examples.testing.ts';
import {
  append,
  attestationsOf,
  attested,
  graft,
  mergeTimestamps,
  OtsError,
  pendingAttestationsOf,
  readCalendarReply,
  readDetached,
  readTimestamp,
  sha256,
  timestampThrough,
  writeDetached,
  writeTimestamp,
  type OtsErrorCode,
  type Timestamp,
} from './index.ts';

const message = new Uint8Array(32).fill(7);
const pendingTag = '83dfe30d2ef90c8e';
const pending = (uri: string, end = ''): string =>
  `00${pendingTag}${toHex(varbytes(concat([varbytes(new TextEncoder().encode(uri)), fromHex(end)])))}`;
const bitcoin = (height: Uint8Array): string => `000588960d73d71901${toHex(varbytes(height))}`;
const alice = pending('https://alice.example');

function refusal(work: () => unknown): OtsErrorCode | undefined {
  try {
    work();
    return undefined;
  } catch (error) {
    if (error instanceof OtsError) return error.code;
    throw error;
  }
}

describe('examples of the reference client', () => {
  it.each([
    ['hello-world.txt.ots', helloWorld],
    ['two-calendars.txt.ots', twoCalendars],
  ])('%s is read, and written again byte for byte', (_name, file) => {
    expect(toHex(writeDetached(readDetached(file)))).toBe(toHex(file));
  });

  it('says which calendars to ask, and about what', () => {
    expect(pendingAttestationsOf(readDetached(twoCalendars).timestamp).map(({ uri }) => uri)).toEqual([
      'https://alice.btc.calendar.opentimestamps.org',
      'https://bob.btc.calendar.opentimestamps.org',
    ]);
  });
});

describe('reading', () => {
  it.each<[string, string, OtsErrorCode]>([
    ['nothing', '', 'truncated'],
    ['an end within an attestation', alice.slice(0, -2), 'truncated'],
    ['trailing bytes', `${alice}00`, 'trailing_bytes'],
    ['trailing bytes within a pending attestation', pending('https://a.example', '00'), 'trailing_bytes'],
    ['trailing bytes within a block attestation', bitcoin(Uint8Array.of(1, 1)), 'trailing_bytes'],
    ['an operation that nobody knows', `09${alice}`, 'unknown_op'],
    ['a fork in the place of what is forked', `ffff${alice}${alice}`, 'unknown_op'],
    ['a fork without its last branch', `ff${alice}`, 'truncated'],
    ['an empty argument', `f000${alice}`, 'limit_exceeded'],
    ['an argument of 4,097 bytes', `f0${toHex(varbytes(new Uint8Array(4097)))}${alice}`, 'limit_exceeded'],
    ['a message of 4,097 bytes', `f0${toHex(varbytes(new Uint8Array(4065)))}${alice}`, 'limit_exceeded'],
    ['hexlify that makes 4,098 bytes', `f0${toHex(varbytes(new Uint8Array(2017)))}f3${alice}`, 'limit_exceeded'],
    ['an attestation of 8,193 bytes', `00${'01'.repeat(8)}${toHex(varbytes(new Uint8Array(8193)))}`, 'limit_exceeded'],
    ['a URI of 1,001 bytes', pending('a'.repeat(1001)), 'limit_exceeded'],
    ['a URI with a query', pending('https://a.example/?x'), 'invalid_uri'],
    ['a URI with a login', pending('https://u@a.example'), 'invalid_uri'],
    ['a URI with a percent sign', pending('https://a.example/%2e'), 'invalid_uri'],
    ['a URI with an umlaut', pending('https://ä.example'), 'invalid_uri'],
    ['a URI with a line break', pending('https://a.example\n'), 'invalid_uri'],
    ['a path of 257 timestamps', `${'08'.repeat(256)}${alice}`, 'limit_exceeded'],
    ['a height that never ends', bitcoin(new Uint8Array(8192).fill(0xff)), 'limit_exceeded'],
  ])('refuses %s', (_what, hex, code) => {
    expect(refusal(() => readTimestamp(fromHex(hex), message))).toBe(code);
  });

  it.each([
    ['a message of 4,096 bytes', `f0${toHex(varbytes(new Uint8Array(4064)))}${alice}`],
    ['hexlify that makes 4,096 bytes', `f0${toHex(varbytes(new Uint8Array(2016)))}f3${alice}`],
    ['an unknown attestation of 8,192 bytes', `00${'01'.repeat(8)}${toHex(varbytes(new Uint8Array(8192).fill(9)))}`],
    ['a URI of 1,000 bytes', pending('a'.repeat(1000))],
    ['an empty URI', pending('')],
    ['a path of 256 timestamps', `${'08'.repeat(255)}${alice}`],
    ['a height of 2^53 - 1', bitcoin(varuint(Number.MAX_SAFE_INTEGER))],
  ])('takes %s, and writes it again', (_what, hex) => {
    expect(toHex(writeTimestamp(readTimestamp(fromHex(hex), message)))).toBe(hex);
  });

  it('takes numbers that are longer than they have to be, and writes them short', () => {
    const long = bitcoin(Uint8Array.of(0x85, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x00));
    const read = readTimestamp(fromHex(long), message);
    expect(attestationsOf(read)).toEqual([{ message, attestation: { kind: 'bitcoin', height: 5 } }]);
    expect(toHex(writeTimestamp(read))).toBe(bitcoin(Uint8Array.of(5)));
  });

  it('keeps the last of two branches over the same operation, as the reference does, and sorts what comes unsorted', () => {
    const [a, b] = [pending('https://a.example'), pending('https://b.example')];
    const read = readTimestamp(fromHex(`ff08${a}fff00101${a}ff${b}ff${a}08${b}`), message);
    expect(toHex(writeTimestamp(read))).toBe(`ff${a}ff${b}ff08${b}f00101${a}`);
  });

  it.each<[string, (file: Uint8Array) => Uint8Array, OtsErrorCode]>([
    ['another magic', (file) => file.with(20, 0), 'bad_magic'],
    ['part of the magic', (file) => file.slice(0, 20), 'bad_magic'],
    ['another version', (file) => file.with(31, 2), 'unsupported_version'],
    ['a file that was not hashed but reversed', (file) => file.with(32, 0xf2), 'unknown_op'],
    ['trailing bytes', (file) => concat([file, Uint8Array.of(0)]), 'trailing_bytes'],
  ])('refuses a file with %s', (_what, change, code) => {
    expect(refusal(() => readDetached(change(helloWorld)))).toBe(code);
  });

  it("refuses a calendar's reply of more than 10,000 bytes", () => {
    const big = (n: number): Uint8Array =>
      fromHex(
        `ff00${'01'.repeat(8)}${toHex(varbytes(new Uint8Array(8000)))}00${'02'.repeat(8)}${toHex(varbytes(new Uint8Array(n)))}`,
      );
    const fits = big(10_000 - big(0).length - 1);
    expect(fits).toHaveLength(10_000);
    expect(refusal(() => readCalendarReply(fits, message))).toBeUndefined();
    expect(refusal(() => readCalendarReply(big(10_001 - big(0).length - 1), message))).toBe('limit_exceeded');
  });
});

describe('writing', () => {
  it('refuses what nobody could read again', () => {
    const empty: Timestamp = { message, attestations: [], branches: [] };
    const deep = timestampThrough(
      message,
      Array.from({ length: 256 }, () => sha256),
      (end) => attested(end, { kind: 'bitcoin', height: 1 }),
    );
    expect(refusal(() => writeTimestamp(empty))).toBe('empty_timestamp');
    expect(refusal(() => writeTimestamp(deep))).toBe('limit_exceeded');
    expect(refusal(() => writeTimestamp(attested(message, { kind: 'pending', uri: 'a b' })))).toBe('invalid_uri');
    expect(refusal(() => writeDetached({ hash: 'sha1', timestamp: attested(message) }))).toBe('limit_exceeded');
  });
});

describe('merging', () => {
  const at = (end: Uint8Array, uri: string): Timestamp => attested(end, { kind: 'pending', uri });
  const path = [append(Uint8Array.of(1, 2)), sha256];

  it('joins proofs of one message, and refuses those of two', () => {
    const [a, b] = ['https://a.example', 'https://b.example'].map((uri) =>
      timestampThrough(message, path, (end) => at(end, uri)),
    );
    if (a === undefined || b === undefined) throw new Error('two are needed');
    const merged = mergeTimestamps(a, b);
    expect(pendingAttestationsOf(merged).map(({ uri }) => uri)).toEqual(['https://a.example', 'https://b.example']);
    expect(mergeTimestamps(merged, a)).toEqual(merged);
    expect(refusal(() => mergeTimestamps(a, at(new Uint8Array(32), 'x')))).toBe('different_messages');
    expect(refusal(() => timestampThrough(message, path, () => at(message, 'x')))).toBe('different_messages');
  });

  it("completes a proof with a calendar's later answer where it passes, and keeps the promise", () => {
    const proof = timestampThrough(message, path, (end) => at(end, 'https://a.example'));
    const [promise] = pendingAttestationsOf(proof);
    if (promise === undefined) throw new Error('no promise');
    const answer = timestampThrough(promise.message, [sha256], (end) => attested(end, { kind: 'bitcoin', height: 9 }));
    expect(attestationsOf(graft(proof, answer)).map(({ attestation }) => attestation.kind)).toEqual([
      'pending',
      'bitcoin',
    ]);
    expect(refusal(() => graft(proof, at(new Uint8Array(32), 'x')))).toBe('no_such_message');
  });
});
