import { describeRoute, type Operation } from '@artdag/service-kit';
import { z } from 'zod';

const key = z.object({ id: z.url(), owner: z.url(), publicKeyPem: z.string() });
const multikey = z.object({
  id: z.url(),
  type: z.literal('Multikey'),
  controller: z.url(),
  publicKeyMultibase: z.string(),
});

const instanceActor = z
  .object({
    '@context': z.array(z.unknown()),
    type: z.literal('Application'),
    id: z.url(),
    preferredUsername: z.string(),
    name: z.string(),
    inbox: z.url(),
    outbox: z.url(),
    url: z.url(),
    endpoints: z.object({ sharedInbox: z.url() }),
    manuallyApprovesFollowers: z.boolean(),
    publicKey: key,
    assertionMethod: z.array(multikey),
  })
  .meta({ id: 'InstanceActor' });

const emptyCollection = z
  .object({
    '@context': z.string(),
    id: z.url(),
    type: z.literal('OrderedCollection'),
    totalItems: z.literal(0),
    orderedItems: z.array(z.never()),
  })
  .meta({ id: 'EmptyCollection' });

const of = { method: 'GET', tag: 'federation', auth: 'public' } as const;
const mediaTypes = ['application/json', 'application/activity+json'];

/** The actor that stands for the whole server. */
export const instanceOperations: readonly Operation[] = [
  describeRoute({
    ...of,
    path: '/actor',
    id: 'getInstanceActor',
    summary: 'The actor that signs what no person does, such as fetches; never asks for a signature',
    answers: { 200: { description: 'The actor.', body: instanceActor, mediaTypes } },
  }),
  describeRoute({
    ...of,
    path: '/actor/outbox',
    id: 'getInstanceOutbox',
    summary: 'The outbox of that actor, which publishes nothing',
    answers: { 200: { description: 'Empty.', body: emptyCollection, mediaTypes } },
  }),
];
