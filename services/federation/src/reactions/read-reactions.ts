import type { Execute } from '@artdag/messaging';
import { readUrlCollection } from '../http/url-collection.ts';
import { createReactionRepository, findObject, type ReactionKind } from './reaction.repository.ts';

export type { ReactionKind };

export interface ReactionsAsked {
  /** Without a fragment. */
  objectId: string;
  kind: ReactionKind;
  /** URL of the collection. */
  id: string;
  /** Which page; undefined for the collection itself. */
  page: unknown;
}

/** What others did about an object, as JSON text; `erased` when nothing of it is left, undefined when it was never published here. */
export async function readReactions(
  execute: Execute,
  asked: ReactionsAsked,
): Promise<string | { erased: true } | undefined> {
  const { objectId, kind, id, page } = asked;
  const found = await findObject(execute, objectId);
  if (found !== 'shown') return found && { erased: true };
  return readUrlCollection(createReactionRepository(execute, kind), id, objectId, page);
}
