import type { IncomingMessage } from 'node:http';
import { AppError } from '../errors.ts';

/** How much of a refused body is still read, so that the client sees the answer before the connection goes. */
const DISCARD_BYTES = 1024 * 1024;

function tooLarge(maxBytes: number): AppError {
  return new AppError('body_too_large', 413, `The body is larger than the ${maxBytes} bytes allowed here.`);
}

/** Whether the request announces a body. */
export function hasBody(req: IncomingMessage): boolean {
  const length = req.headers['content-length'];
  return req.headers['transfer-encoding'] !== undefined || (length !== undefined && length !== '0');
}

/**
 * The body's bytes, counted as they come. Rejects with AppError 413 `body_too_large` as soon as the announced or the
 * counted length exceeds `maxBytes`, and with 400 `request_aborted` when the client goes away half-way.
 */
export function readBody(req: IncomingMessage, maxBytes: number): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    if (Number(req.headers['content-length'] ?? 0) > maxBytes) {
      discardBody(req);
      return reject(tooLarge(maxBytes));
    }
    const chunks: Buffer[] = [];
    let bytes = 0;
    const onData = (chunk: Buffer): void => {
      bytes += chunk.length;
      if (bytes <= maxBytes) return void chunks.push(chunk);
      req.off('data', onData).off('end', onEnd);
      discardBody(req);
      reject(tooLarge(maxBytes));
    };
    const onEnd = (): void => resolve(chunks.length === 1 && chunks[0] ? chunks[0] : Buffer.concat(chunks, bytes));
    const onGone = (): void => reject(new AppError('request_aborted', 400, 'The body ended before its announced end.'));
    req.on('data', onData).on('end', onEnd).on('error', onGone).on('aborted', onGone);
  });
}

/** Reads on for a while and forgets it, so that whoever still sends gets to see the answer; then the connection goes. */
export function discardBody(req: IncomingMessage): void {
  let bytes = 0;
  req.on('data', (chunk: Buffer) => {
    bytes += chunk.length;
    if (bytes > DISCARD_BYTES) req.destroy();
  });
  req.resume();
}
