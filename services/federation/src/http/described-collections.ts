import { errorSchema, type DescribedAnswer } from '@artdag/service-kit';
import { z } from 'zod';

export const contexts = z.union([z.string(), z.array(z.unknown())]);
export const activityStreams = ['application/json', 'application/activity+json'];

const collection = z
  .object({
    '@context': contexts,
    id: z.url(),
    type: z.literal('OrderedCollection'),
    totalItems: z.number().int(),
    first: z.url(),
    last: z.url().optional(),
  })
  .meta({ id: 'OrderedCollection' });

const collectionPage = z
  .object({
    '@context': contexts,
    id: z.url(),
    type: z.literal('OrderedCollectionPage'),
    partOf: z.url(),
    totalItems: z.number().int(),
    next: z.url().optional(),
    prev: z.url().optional(),
    orderedItems: z.array(z.unknown()).meta({ description: 'Activities in an outbox, URLs of actors elsewhere.' }),
  })
  .meta({ id: 'OrderedCollectionPage' });

const collectionAnswer: DescribedAnswer = {
  description: 'The collection, or a page of it.',
  body: z.union([collection, collectionPage]),
  mediaTypes: activityStreams,
};

export const pageNumberQuery = z.object({
  page: z.string().optional().meta({ description: 'From 1: that page of 50. Without it the collection itself.' }),
});

const tombstone = z
  .object({
    '@context': z.string(),
    type: z.literal('Tombstone'),
    id: z.url(),
    formerType: z.literal('OrderedCollection'),
    deleted: z.iso.datetime().optional(),
    ...errorSchema.shape,
  })
  .meta({ id: 'GoneCollection', description: 'A Tombstone that is an error as well.' });

/** Answers of a collection, by status. */
export const collectionAnswers: Readonly<Record<number, DescribedAnswer>> = {
  200: collectionAnswer,
  410: { description: 'Deleted or erased.', body: tombstone, mediaTypes: activityStreams },
};
