import { hash } from 'node:crypto';
import type { ByteReader } from './byte-reader.ts';
import { compareBytes, concat, fromHex, toHex, varbytes } from './bytes.ts';
import { keccak256 } from './hashes/keccak256.ts';
import { ripemd160 } from './hashes/ripemd160.ts';
import { limits } from './limits.ts';
import { OtsError } from './ots-error.ts';

export type HashName = 'sha1' | 'ripemd160' | 'sha256' | 'keccak256';

/** A step of a proof: takes a message, gives the next one. An argument has 1 to 4,096 bytes. */
export type Op =
  | { readonly name: HashName | 'reverse' | 'hexlify' }
  | { readonly name: 'append' | 'prepend'; readonly arg: Uint8Array };

const tags: Readonly<Record<Op['name'], number>> = {
  sha1: 0x02,
  ripemd160: 0x03,
  sha256: 0x08,
  keccak256: 0x67,
  append: 0xf0,
  prepend: 0xf1,
  reverse: 0xf2,
  hexlify: 0xf3,
};
const digestBytes: Readonly<Record<HashName, number>> = { sha1: 20, ripemd160: 20, sha256: 32, keccak256: 32 };
const nameByTag = new Map(Object.entries(tags).map(([name, tag]) => [tag, name as Op['name']]));
const utf8 = new TextEncoder();

export const sha256: Op = { name: 'sha256' };
export const append = (arg: Uint8Array): Op => ({ name: 'append', arg });
export const prepend = (arg: Uint8Array): Op => ({ name: 'prepend', arg });

export function isHashName(name: string): name is HashName {
  return Object.hasOwn(digestBytes, name);
}

/** How many bytes a digest of this hash has. */
export function digestLength(name: HashName): number {
  return digestBytes[name];
}

/**
 * The next message.
 *
 * @throws OtsError `limit_exceeded` when the message or the result is longer than 4,096 bytes.
 */
export function applyOp(op: Op, message: Uint8Array): Uint8Array {
  if (message.length > limits.messageBytes) throw tooLong(message.length);
  const result = compute(op, message);
  if (result.length > limits.messageBytes) throw tooLong(result.length);
  return result;
}

function compute(op: Op, message: Uint8Array): Uint8Array {
  if ('arg' in op) return concat(op.name === 'append' ? [message, op.arg] : [op.arg, message]);
  if (op.name === 'reverse') return message.toReversed();
  if (op.name === 'hexlify') return utf8.encode(toHex(message));
  if (op.name === 'keccak256') return keccak256(message);
  return op.name === 'ripemd160' ? ripemd160(message) : fromHex(hash(op.name, message, 'hex'));
}

function tooLong(length: number): OtsError {
  return new OtsError('limit_exceeded', `A message has ${length} bytes, and ${limits.messageBytes} is the most.`);
}

/** @throws OtsError `unknown_op`, `limit_exceeded` or `truncated` */
export function readOp(reader: ByteReader, tag: number): Op {
  const name = nameByTag.get(tag);
  if (name === undefined) throw new OtsError('unknown_op', `There is no operation 0x${tag.toString(16)}.`);
  return name === 'append' || name === 'prepend' ? { name, arg: reader.varbytes(limits.messageBytes, 1) } : { name };
}

export function writeOp(op: Op): Uint8Array {
  const tag = Uint8Array.of(tags[op.name]);
  return 'arg' in op ? concat([tag, varbytes(op.arg)]) : tag;
}

/** The reference's order: by tag, then by argument. Zero means that they are the same. */
export function compareOps(a: Op, b: Op): number {
  const byTag = tags[a.name] - tags[b.name];
  if (byTag !== 0) return byTag;
  return 'arg' in a && 'arg' in b ? compareBytes(a.arg, b.arg) : 0;
}
