import { acceptsActivityStreams, AppError } from '@artdag/service-kit';
import type { Request, Response } from 'express';
import { wholeSeconds } from './times.ts';

const json = 'application/json; charset=utf-8';
const activityJson = 'application/activity+json; charset=utf-8';

/** Answers with JSON text that is there already, so that nothing is parsed and serialised again on its way out. */
export function sendJsonText(res: Response, status: number, text: string): void {
  res.statusCode = status;
  res.setHeader('content-type', json);
  res.setHeader('content-length', Buffer.byteLength(text));
  res.end(text);
}

/**
 * Answers a read. The gateway chooses by `Accept` between this service and web's page, so every cache must know.
 */
export function sendNegotiatedText(res: Response, text: string): void {
  res.setHeader('vary', 'Accept');
  sendJsonText(res, 200, text);
}

/**
 * Answers a document that is ActivityStreams in either form (art-dag-l2.md §6): only the content type follows `Accept`.
 */
export function sendActivityStreamsText(req: Request, res: Response, text: string): void {
  res.statusCode = 200;
  res.setHeader('vary', 'Accept');
  res.setHeader('content-type', activityStreamsType(req));
  res.setHeader('content-length', Buffer.byteLength(text));
  res.end(text);
}

function activityStreamsType(req: Pick<Request, 'headers'>): string {
  return acceptsActivityStreams(req.headers.accept) ? activityJson : json;
}

export function notFound(what: string): AppError {
  return new AppError('not_found', 404, `There is no such ${what}.`, { headers: { vary: 'Accept' } });
}

/** What was there. */
export interface Tombstone {
  /** URL. */
  id: string;
  /** Of the ActivityStreams vocabulary, such as `Video`. */
  formerType: string;
  deletedAt: Date;
}

/** 410 with one body for both kinds of readers: a `Tombstone` of ActivityStreams that has the members of an error as well. */
export function gone(
  req: Pick<Request, 'headers'>,
  message: string,
  { id, formerType, deletedAt }: Tombstone,
): AppError {
  const former = { id, formerType: `as:${formerType}` };
  return goneAs(req, 'gone', message, { ...former, deleted: wholeSeconds(deletedAt.toISOString()) });
}

/** The same for what was erased: of a name no more is known than when, of a claim what its tombstone says. */
export function erased(
  req: Pick<Request, 'headers'>,
  message: string,
  left: { id: string; deleted: string },
): AppError {
  return goneAs(req, 'erased', message, left);
}

function goneAs(
  req: Pick<Request, 'headers'>,
  code: 'gone' | 'erased',
  message: string,
  left: Record<string, unknown>,
): AppError {
  const headers = { vary: 'Accept', 'content-type': activityStreamsType(req) };
  const members = { '@context': 'https://www.w3.org/ns/activitystreams', type: 'Tombstone', ...left };
  return new AppError(code, 410, message, { members, headers });
}
