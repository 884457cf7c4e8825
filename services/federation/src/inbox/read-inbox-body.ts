import type { IncomingMessage } from 'node:http';
import { promisify } from 'node:util';
import { brotliDecompress, gunzip, inflate } from 'node:zlib';
import { AppError, readBody } from '@artdag/service-kit';

export const MAX_BODY_BYTES = 256 * 1024;

const ACTIVITY_STREAMS = /^application\/(?:activity|ld)\+json\s*(?:;|$)/i;

const decoders = new Map([
  ['gzip', promisify(gunzip)],
  ['x-gzip', promisify(gunzip)],
  ['deflate', promisify(inflate)],
  ['br', promisify(brotliDecompress)],
]);

export interface InboxBody {
  /** As it came: what the digest is of. */
  received: Buffer;
  /** Inflated. */
  content: Buffer;
}

/**
 * The body of a delivery, counted while it streams, and again while it inflates. Throws AppError 415 for another type or encoding,
 * 413 from the first byte over 256 KiB, 400 for what does not inflate.
 */
export async function readInboxBody(req: IncomingMessage): Promise<InboxBody> {
  if (!ACTIVITY_STREAMS.test(req.headers['content-type'] ?? '')) {
    throw new AppError('unsupported_media_type', 415, 'An inbox takes Content-Type: application/activity+json.');
  }
  const encoding = (req.headers['content-encoding'] ?? 'identity').trim().toLowerCase();
  const decode = decoders.get(encoding);
  if (decode === undefined && encoding !== 'identity') {
    throw new AppError('unsupported_media_type', 415, 'Content-Encoding may be gzip, deflate or br.');
  }
  const received = await readBody(req, MAX_BODY_BYTES);
  if (decode === undefined) return { received, content: received };
  try {
    return { received, content: await decode(received, { maxOutputLength: MAX_BODY_BYTES }) };
  } catch (error) {
    if (hasCode(error, 'ERR_BUFFER_TOO_LARGE')) {
      throw new AppError('body_too_large', 413, `The inflated body is larger than ${MAX_BODY_BYTES} bytes.`);
    }
    throw new AppError('body_not_inflatable', 400, `The body is not valid ${encoding}.`);
  }
}

function hasCode(error: unknown, code: string): boolean {
  return typeof error === 'object' && error !== null && 'code' in error && error.code === code;
}
