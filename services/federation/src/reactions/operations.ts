import { describeRoute, type Operation } from '@artdag/service-kit';
import { z } from 'zod';
import { collectionAnswers, pageNumberQuery } from '../http/described-collections.ts';

function reactions(list: 'likes' | 'shares' | 'replies', id: string, summary: string): Operation {
  return describeRoute({
    method: 'GET',
    path: `/objects/{content_hash}/${list}`,
    id,
    tag: 'federation',
    summary,
    auth: 'public',
    request: { path: z.object({ content_hash: z.string() }), query: pageNumberQuery },
    answers: collectionAnswers,
    errors: { 404: ['not_found'] },
  });
}

/** What others did about what was published here. */
export const reactionOperations: readonly Operation[] = [
  reactions('likes', 'getLikes', 'Likes of an object, newest first, by the URL of the Like'),
  reactions('shares', 'getShares', 'Shares of an object, newest first, by the URL of the Announce'),
  reactions('replies', 'getReplies', 'Replies to an object, newest first, by the URL of the note'),
];
