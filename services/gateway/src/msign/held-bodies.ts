import type { IncomingMessage, ServerResponse } from 'node:http';
import { Readable } from 'node:stream';
import type { AppError, Metrics } from '@artdag/service-kit';
import type { Arrival } from '../credentials/carrier.ts';
import { bodyTooLarge } from '../proxy/request-body.ts';
import { type Body, BodyParts, wholeBody } from './body-parts.ts';
import { type Budget, createBudget } from './budget.ts';
import { bodyTooSlow, busy, clientGone } from './refusals.ts';

/** What the bodies of signed requests may take (public-key-auth.md §4). */
export interface BodyLimits {
  /** Of one body. */
  maxBytes: number;
  /** Of all that a gateway holds at once. */
  totalBytes: number;
  perAddressBytes: number;
  /** For one body, from the first byte to the last. */
  maxMs: number;
}

export const bodyLimits: BodyLimits = {
  maxBytes: 10 * 1024 * 1024,
  totalBytes: 64 * 1024 * 1024,
  perAddressBytes: 10 * 1024 * 1024,
  maxMs: 30_000,
};

/** Bodies of signed requests: read as a whole before anybody else sees a byte, and kept until the request is over. */
export interface HeldBodies {
  /**
   * Tells the client to go on, where it waits for that, and reads.
   *
   * @param address whom the bytes are counted under
   * @returns SHA-256 of the body, lower-case hex
   * @throws AppError 413 `body_too_large`, 429 `busy`, 408 `body_too_slow`, 400 `request_aborted` when the client leaves
   */
  read(arrival: Arrival, address: string): Promise<string>;
  /** The very bytes that were read, to be sent once; undefined for a request whose body was not. */
  of(request: IncomingMessage): Buffer | Readable | undefined;
  /**
   * Gives a body back before its request is over, as nobody is to see it: the answer to a refused request may wait for as
   * long as its client likes to take it.
   */
  drop(request: IncomingMessage): void;
}

export interface HeldBodiesOptions {
  limits: BodyLimits;
  metrics: Metrics;
  goOn: (request: IncomingMessage, response: ServerResponse) => void;
}

export function createHeldBodies({ limits, metrics, goOn }: HeldBodiesOptions): HeldBodies {
  const gauge = metrics.gauge('msign_body_bytes', 'Bytes of the bodies of signed requests that are held now.');
  const budget = createBudget({ ...limits, onChange: (bytes) => gauge.set(bytes) });
  const held = new WeakMap<IncomingMessage, { body: Body; giveBack: () => void }>();
  const drop = (request: IncomingMessage): void => {
    held.get(request)?.giveBack();
    held.delete(request);
  };
  return {
    async read({ request, response, maxBodyBytes }, address) {
      const maxBytes = Math.min(maxBodyBytes, limits.maxBytes);
      const announced = Number(request.headers['content-length'] ?? 0);
      if (announced > maxBytes) throw bodyTooLarge(maxBytes);
      if (!budget.fits(address, announced)) throw busy();
      if (response.destroyed) throw clientGone();
      const reading = readWhole({ request, response, budget, address, announced, maxBytes, maxMs: limits.maxMs });
      goOn(request, response);
      const { body, giveBack } = await reading;
      held.set(request, { body, giveBack });
      response.once('close', () => drop(request));
      return body.sha256;
    },
    drop,
    of(request) {
      const parts = held.get(request)?.body.parts;
      if (parts === undefined) return undefined;
      return parts.length > 1 ? Readable.from(parts, { objectMode: false }) : (parts[0] ?? Buffer.alloc(0));
    },
  };
}

interface Reading {
  request: IncomingMessage;
  response: ServerResponse;
  budget: Budget;
  address: string;
  announced: number;
  maxBytes: number;
  maxMs: number;
}

/** What it has taken from the budget is given back when it fails, else by who has the whole body. */
function readWhole(o: Reading): Promise<{ body: Body; giveBack: () => void }> {
  const { request, response, budget, address } = o;
  return new Promise((resolve, reject) => {
    let taken = 0;
    let only: Body | undefined;
    const parts = new BodyParts();

    function onData(piece: Buffer): void {
      if (taken + piece.length > o.maxBytes) return fail(bodyTooLarge(o.maxBytes));
      if (!budget.take(address, piece.length)) return fail(busy());
      taken += piece.length;
      if (piece.length === o.announced) only = wholeBody(piece);
      else parts.add(piece);
    }
    function onEnd(): void {
      stopReading();
      response.off('close', onClose);
      resolve({ body: only ?? parts.end(), giveBack });
    }
    function onClose(): void {
      fail(clientGone());
    }
    function fail(error: AppError): void {
      stopReading();
      response.off('close', onClose);
      giveBack();
      reject(error);
    }
    function stopReading(): void {
      clearTimeout(timer);
      request.off('data', onData).off('end', onEnd);
    }
    function giveBack(): void {
      budget.giveBack(address, taken);
    }
    const timer = setTimeout(() => fail(bodyTooSlow(o.maxMs)), o.maxMs);
    response.once('close', onClose);
    request.on('data', onData).on('end', onEnd);
  });
}
