import { OtsError } from './ots-error.ts';

export interface ByteReader {
  byte(): number;
  /** Copies the next bytes. */
  take(length: number): Uint8Array;
  /** Unsigned LEB128. Takes padded encodings, as the reference does; a value over 2^53 - 1 is refused. */
  varuint(): number;
  /** Bytes after their length as a varuint. */
  varbytes(maxBytes: number, minBytes?: number): Uint8Array;
  /** @throws OtsError `trailing_bytes` unless everything has been read. */
  end(): void;
}

/** Reads from the start; every method throws OtsError `truncated` when there is less than it wants. */
export function createByteReader(bytes: Uint8Array): ByteReader {
  let position = 0;
  const take = (length: number): Uint8Array => {
    if (bytes.length - position < length)
      throw new OtsError('truncated', `Wants ${length} more bytes, and ${bytes.length - position} are left.`);
    position += length;
    return bytes.slice(position - length, position);
  };
  const byte = (): number => {
    const next = bytes[position];
    if (next === undefined) throw new OtsError('truncated', 'Wants one more byte, and none is left.');
    position += 1;
    return next;
  };
  const varuint = (): number => {
    let value = 0;
    for (let scale = 1; ; scale *= 128) {
      const next = byte();
      const digit = next & 0x7f;
      // Beyond 2^53 only zeros can follow; `0 * Infinity` would be NaN.
      if (digit > 0) value += digit * scale;
      if (value > Number.MAX_SAFE_INTEGER) throw new OtsError('limit_exceeded', 'A number is over 2^53 - 1.');
      if (next < 0x80) return value;
    }
  };
  return {
    byte,
    take,
    varuint,
    varbytes(maxBytes, minBytes = 0) {
      const length = varuint();
      if (length > maxBytes || length < minBytes)
        throw new OtsError('limit_exceeded', `A field has ${length} bytes, wants ${minBytes} to ${maxBytes}.`);
      return take(length);
    },
    end() {
      if (position < bytes.length)
        throw new OtsError('trailing_bytes', `${bytes.length - position} bytes follow the end.`);
    },
  };
}
