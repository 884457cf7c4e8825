import { acceptsActivityStreams, AppError } from '@artdag/service-kit';
import type { Request, Response } from 'express';

const ACTIVITY_JSON = 'application/activity+json; charset=utf-8';
const JSON_TYPE = 'application/json; charset=utf-8';

/**
 * Answers with an ActivityStreams document (its JSON text, or an object): as `application/activity+json` to who asked for that or
 * for JSON-LD, as `application/json` to everybody else (art-dag-l2.md §6).
 */
export function sendActivityJson(req: Request, res: Response, document: string | Record<string, unknown>): void {
  res.vary('Accept').setHeader('content-type', typeFor(req));
  // A buffer, since Express would rewrite the content type of a string.
  res.send(Buffer.from(typeof document === 'string' ? document : JSON.stringify(document)));
}

/** What was there. */
export interface Former {
  /** Its URL. */
  id: string;
  /** ActivityStreams type. */
  formerType: string;
  deletedAt?: Date;
}

/** 410 with one body for both kinds of readers: a `Tombstone` of ActivityStreams that has the members of an error as well. */
export function goneAs(req: Request, code: string, message: string, { id, formerType, deletedAt }: Former): AppError {
  const headers = { vary: 'Accept', 'content-type': typeFor(req) };
  const deleted = deletedAt && { deleted: `${deletedAt.toISOString().slice(0, 19)}Z` };
  const tombstone = {
    '@context': 'https://www.w3.org/ns/activitystreams',
    type: 'Tombstone',
    id,
    formerType,
    ...deleted,
  };
  return new AppError(code, 410, message, { members: tombstone, headers });
}

function typeFor(req: Request): string {
  return acceptsActivityStreams(req.headers.accept) ? ACTIVITY_JSON : JSON_TYPE;
}
