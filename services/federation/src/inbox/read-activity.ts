import { createHash } from 'node:crypto';
import { AppError } from '@artdag/service-kit';
import { idOf, isHttpUrl, isJsonObject } from '../remote-actors/remote-actor.ts';
import type { LocalUrls } from '../urls.ts';
import { scanStructure } from './scan-structure.ts';

/** A received activity, read as plain ActivityStreams JSON; only its frame has been looked at. */
export interface ReceivedActivity {
  id: string;
  /** As given; `unknown` for what cannot be the name or URL of a type. */
  type: string;
  actor: string;
  /** Unchecked. */
  object: unknown;
  /** The text as it came, and its SHA-256 in hex. */
  text: string;
  hash: string;
}

const TYPE = /^[\x21-\x7e]{1,128}$/;
const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** Strict UTF-8 and JSON, one object within bounds; decided before anything goes into the document. Throws AppError 400. */
export function parseDocument(bytes: Buffer): { text: string; document: Record<string, unknown> } {
  const text = decode(bytes);
  const problem = scanStructure(text);
  if (problem !== undefined) throw new AppError('document_refused', 400, problem);
  let document: unknown;
  try {
    document = JSON.parse(text);
  } catch {
    throw new AppError('invalid_json', 400, 'The body is not valid JSON.');
  }
  if (!isJsonObject(document)) throw new AppError('invalid_json', 400, 'The body is not one JSON object.');
  return { text, document };
}

function decode(bytes: Buffer): string {
  try {
    return utf8.decode(bytes);
  } catch {
    throw new AppError('invalid_json', 400, 'The body is not valid UTF-8.');
  }
}

/**
 * Who says to have done what (art-dag-l2.md §8.8, step 2): one actor, not ours, and an id on the actor's host. Throws AppError 400 or
 * 403.
 */
export function readActivity(urls: LocalUrls, { text, document }: ReturnType<typeof parseDocument>): ReceivedActivity {
  const actor = idOf(document['actor']);
  if (!isHttpUrl(actor)) throw new AppError('actor_invalid', 400, 'The activity needs one actor, given by its URL.');
  const { id, type } = document;
  if (!isHttpUrl(id)) throw new AppError('id_invalid', 400, 'The activity needs an id that is a URL.');
  if (urls.isOurs(actor)) throw new AppError('actor_is_local', 403, 'Our own actors do not write to our inboxes.');
  if (new URL(id).host !== new URL(actor).host) {
    throw new AppError('id_foreign', 403, "The activity's id is on another host than its actor.");
  }
  return {
    id,
    type: typeof type === 'string' && TYPE.test(type) ? type : 'unknown',
    actor,
    object: document['object'],
    text,
    hash: createHash('sha256').update(text).digest('hex'),
  };
}
