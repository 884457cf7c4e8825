import type { DescribedAnswer } from '@artdag/service-kit';
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

export const collectionAnswer: DescribedAnswer = {
  description: 'The collection, or a page of it.',
  body: z.union([collection, collectionPage]),
  mediaTypes: activityStreams,
};

export const pageNumberQuery = z.object({
  page: z.string().optional().meta({ description: 'From 1: that page of 50. Without it the collection itself.' }),
});
