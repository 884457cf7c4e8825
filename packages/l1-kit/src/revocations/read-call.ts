import { SignatureError, verifyRequest, type KeySource } from '@artdag/http-signatures';
import express, { type Request, type RequestHandler } from 'express';
import { KitError } from '../kit-error.ts';
import type { Settings } from '../options.ts';

/** A call that an L2 of ours has signed. */
export interface SignedCall {
  l2Server: string;
  body: Record<string, unknown>;
  /** Up to when it holds: its `ts`, else when it was signed. */
  at: Date;
}

export type ReadCallDeps = Pick<Settings, 'publicUrl' | 'l2Servers' | 'now'> & { keys: KeySource };

const maxBody = '16kb';

/** The body's bytes as they came: the digest is over these. */
export const rawBody: RequestHandler = express.raw({ type: () => true, limit: maxBody, inflate: false });

/**
 * Who calls, and what they say. Throws KitError: 401 for everything about the signature, 422 for a body that is no JSON object, or one that speaks of
 * another L2 than the one that signed.
 */
export async function readCall(deps: ReadCallDeps, req: Request): Promise<SignedCall> {
  const bytes = bytesOf(req);
  const l2Server = await signerOf(deps, req, bytes);
  const body = parse(bytes);
  if (body['l2_server'] !== l2Server) {
    throw new KitError('signer_not_allowed', 401, `l2_server is not the server that signed, which is ${l2Server}.`);
  }
  return { l2Server, body, at: timeOf(body['ts'] ?? req.headers.date, deps.now()) };
}

/** What a host application's parser has left of it. */
function bytesOf(req: Request): Buffer {
  const kept = (req as { rawBody?: unknown }).rawBody;
  if (Buffer.isBuffer(req.body)) return req.body;
  if (Buffer.isBuffer(kept)) return kept;
  if (req.body === undefined || !hasBody(req)) return Buffer.alloc(0);
  throw new KitError('body_consumed', 500, 'Mount the router of the L1 kit before any body parser.');
}

function hasBody(req: Request): boolean {
  return req.headers['transfer-encoding'] !== undefined || Number(req.headers['content-length'] ?? 0) > 0;
}

async function signerOf(deps: ReadCallDeps, req: Request, body: Buffer): Promise<string> {
  const { method, originalUrl, headers, rawHeaders } = req;
  const { host, protocol } = new URL(deps.publicUrl);
  try {
    const { owner } = await verifyRequest({
      method,
      originalUrl,
      headers,
      rawHeaders,
      body,
      now: deps.now(),
      authorities: [host],
      scheme: protocol === 'http:' ? 'http' : 'https',
      key: deps.keys,
    });
    return owner.slice(0, -'/actor'.length);
  } catch (error) {
    if (error instanceof SignatureError) throw new KitError(error.code, 401, error.message, { cause: error });
    throw error;
  }
}

/** Of a call that was long on its way, the time at which it was meant; never one that is still to come. */
function timeOf(text: unknown, now: Date): Date {
  const time = typeof text === 'string' ? Date.parse(text) : Number.NaN;
  return Number.isNaN(time) || time > now.getTime() ? now : new Date(time);
}

function parse(bytes: Buffer): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Record<string, unknown>;
  } catch {
    // No JSON; said below.
  }
  throw new KitError('invalid_body', 422, 'The body is no JSON object.');
}
