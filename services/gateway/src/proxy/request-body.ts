import type { IncomingMessage } from 'node:http';
import { Transform, type Readable, type TransformCallback } from 'node:stream';
import { AppError } from '@artdag/service-kit';

/** 413 for a body over the limit of its route. */
export function bodyTooLarge(maxBytes: number): AppError {
  return new AppError('body_too_large', 413, `The body is larger than the ${maxBytes} bytes allowed here.`);
}

/**
 * Checks what the headers announce, before anything is read or anybody is told to go on.
 *
 * @throws AppError 413 for an announced length over the limit; 400 for a body on a method that has none, which other
 * parties might read as the next request
 */
export function checkAnnouncedBody(request: IncomingMessage, maxBytes: number): void {
  if (Number(request.headers['content-length'] ?? 0) > maxBytes) throw bodyTooLarge(maxBytes);
  if ((request.method === 'GET' || request.method === 'HEAD') && request.headers['transfer-encoding'] !== undefined) {
    throw bodyNotAllowed();
  }
  if ((request.method === 'GET' || request.method === 'HEAD') && Number(request.headers['content-length'] ?? 0) > 0) {
    throw bodyNotAllowed();
  }
}

function bodyNotAllowed(): AppError {
  return new AppError('body_not_allowed', 400, 'A GET or HEAD request has no body here. Send it without.');
}

/**
 * The request's body as a stream of its own, counted as it passes. A stream between the two, because whoever reads it
 * may destroy it (undici does when a service answers early), and destroying the request cuts the client off.
 * It ends in AppError 413 as soon as more than `maxBytes` have come.
 */
export function meteredBody(request: IncomingMessage, maxBytes: number): Readable {
  const meter = new BodyMeter(maxBytes);
  request.pipe(meter);
  meter.once('close', () => discardRest(request));
  return meter;
}

class BodyMeter extends Transform {
  readonly #maxBytes: number;
  #bytes = 0;

  constructor(maxBytes: number) {
    super();
    this.#maxBytes = maxBytes;
  }

  override _transform(chunk: Buffer, _encoding: string, done: TransformCallback): void {
    this.#bytes += chunk.length;
    if (this.#bytes > this.#maxBytes) done(bodyTooLarge(this.#maxBytes));
    else done(null, chunk);
  }
}

/** How much of a body that nobody wants is still read, so that its sender gets to see the answer: what a signed one may have. */
const discardBytes = 10 * 1024 * 1024;

/** Reads and forgets the rest of a body, within bounds, then cuts the connection. */
export function discardRest(request: IncomingMessage): void {
  if (request.readableEnded || request.destroyed) return;
  request.unpipe();
  let bytes = 0;
  request.on('data', (chunk: Buffer) => {
    bytes += chunk.length;
    if (bytes > discardBytes) request.destroy();
  });
  request.resume();
}
