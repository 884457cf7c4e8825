import { describeRoute, type Operation } from '@artdag/service-kit';
import { z } from 'zod';
import { activityStreams, collectionAnswers, contexts, pageNumberQuery } from './http/described-collections.ts';
import { shareOperations } from './shares/operations.ts';
import { reactionOperations } from './reactions/operations.ts';
import { listUsersQuerySchema } from './actors/list-users.route.ts';
import { discoveryOperations } from './discovery/operations.ts';
import { instanceOperations } from './instance/operations.ts';
import { remoteFollowOperation } from './remote-follow/operations.ts';
import { followOperations } from './following/operations.ts';

const actor = z
  .object({
    '@context': contexts,
    type: z.enum(['Person', 'Service']),
    id: z.url(),
    preferredUsername: z.string(),
    name: z.string().meta({ description: 'Plain text.' }),
    summary: z.string().optional().meta({ description: 'HTML.' }),
    icon: z.object({ type: z.literal('Image'), url: z.url() }).optional(),
    attachment: z
      .array(z.object({ type: z.literal('PropertyValue'), name: z.string(), value: z.string() }))
      .optional()
      .meta({ description: 'The website, as a link in HTML.' }),
    inbox: z.url(),
    outbox: z.url(),
    followers: z.url(),
    following: z.url(),
    url: z.url(),
    endpoints: z.object({ sharedInbox: z.url() }),
    manuallyApprovesFollowers: z.boolean(),
    published: z.iso.datetime(),
    publicKey: z
      .object({ id: z.url(), owner: z.url(), publicKeyPem: z.string() })
      .optional()
      .meta({ description: 'RSA, for HTTP Signatures.' }),
    assertionMethod: z
      .array(
        z.object({ id: z.url(), type: z.literal('Multikey'), controller: z.url(), publicKeyMultibase: z.string() }),
      )
      .meta({ description: 'Ed25519, for the proofs of claims.' }),
  })
  .meta({ id: 'Actor' });

const tombstone = z
  .object({
    '@context': contexts,
    type: z.literal('Tombstone'),
    id: z.url(),
    formerType: z.string(),
    deleted: z.iso.datetime(),
    publicKey: actor.shape.publicKey,
    assertionMethod: actor.shape.assertionMethod,
  })
  .meta({ id: 'Tombstone' });

const userPage = z
  .object({
    users: z.array(
      z.object({
        username: z.string(),
        display_name: z.string().nullable(),
        actor_type: z.enum(['human', 'agent', 'service']),
        ap_id: z.url(),
        created_at: z.iso.datetime(),
      }),
    ),
    total: z.number().int(),
    limit: z.number().int(),
    offset: z.number().int(),
    next: z.string().nullable().meta({ description: 'Path and query of the next page; null on the last.' }),
  })
  .meta({ id: 'UserPage' });

const descriptor = z
  .object({
    subject: z.string(),
    aliases: z.array(z.url()),
    links: z.array(z.object({ rel: z.string(), type: z.string(), href: z.url() })),
  })
  .meta({ id: 'ResourceDescriptor', description: 'RFC 7033.' });

/** Anything more is the sender's own; inbox/read-activity.ts has the rules. */
const receivedActivity = z
  .looseObject({
    '@context': contexts,
    id: z.url().meta({ description: "On the actor's host." }),
    type: z.string(),
    actor: z.url(),
    object: z.unknown(),
  })
  .meta({ id: 'ReceivedActivity' });

const username = z.object({ username: z.string() });
const ofUser = { 404: ['user_not_found'], 410: ['user_gone'] };

function actorList(name: 'followers' | 'following', summary: string): Operation {
  return describeRoute({
    method: 'GET',
    path: `/users/{username}/${name}`,
    id: name === 'followers' ? 'getFollowers' : 'getFollowing',
    tag: 'federation',
    summary,
    auth: 'public',
    request: {
      path: username,
      query: pageNumberQuery,
    },
    answers: collectionAnswers,
    errors: { 404: ofUser[404] },
  });
}

function inbox(path: '/inbox' | '/users/{username}/inbox'): Operation {
  const shared = path === '/inbox';
  return describeRoute({
    method: 'POST',
    path,
    id: shared ? 'postToSharedInbox' : 'postToInbox',
    tag: 'federation',
    summary: shared ? 'Receive an activity for anybody here' : 'Receive an activity',
    description:
      'At most 256 KiB, also when inflated. A repeated activity is answered like the first and does nothing.',
    auth: 'signature',
    request: {
      ...(shared ? {} : { path: username }),
      body: receivedActivity,
      bodyTypes: ['application/activity+json', 'application/ld+json'],
    },
    answers: { 202: { description: 'Stored, and in effect.' } },
    errors: {
      400: ['actor_invalid', 'body_not_inflatable', 'document_refused', 'id_invalid'],
      401: [
        'date_skew',
        'digest_mismatch',
        'key_owner_mismatch',
        'key_unavailable',
        'signature_invalid',
        'signature_missing',
      ],
      403: ['actor_is_local', 'host_blocked', 'id_foreign', 'not_owner'],
      ...ofUser,
    },
  });
}

/** The public routes of federation, for the API description. */
export const operations: readonly Operation[] = [
  describeRoute({
    method: 'GET',
    path: '/.well-known/webfinger',
    id: 'findByWebFinger',
    tag: 'federation',
    summary: 'Find an actor by its address (RFC 7033)',
    auth: 'public',
    request: {
      query: z.object({ resource: z.string().meta({ description: '`acct:user@host`, or the URL of an actor.' }) }),
    },
    answers: { 200: { description: 'Found.', body: descriptor, mediaTypes: ['application/jrd+json'] } },
    errors: { 400: ['resource_missing'], 404: ['user_not_found'] },
  }),
  describeRoute({
    method: 'GET',
    path: '/users',
    id: 'listUsers',
    tag: 'federation',
    summary: 'List actors, newest first',
    auth: 'public',
    request: { query: listUsersQuerySchema },
    answers: { 200: { description: 'A page.', body: userPage } },
    errors: { 422: ['validation_error'] },
  }),
  describeRoute({
    method: 'GET',
    path: '/users/{username}',
    id: 'getActor',
    tag: 'federation',
    summary: 'The ActivityPub actor',
    auth: 'public',
    request: { path: username },
    answers: {
      200: { description: 'The actor, with its public keys.', body: actor, mediaTypes: activityStreams },
      410: { description: 'Deleted.', body: tombstone, mediaTypes: activityStreams },
    },
    errors: { 404: ['user_not_found'] },
  }),
  describeRoute({
    method: 'GET',
    path: '/users/{username}/outbox',
    id: 'getOutbox',
    tag: 'federation',
    summary: 'What the actor has published, newest first',
    auth: 'public',
    request: {
      path: username,
      query: z.object({
        page: z.string().optional().meta({ description: '`true`: a page of 20. Without it the collection itself.' }),
        max_id: z.string().optional().meta({ description: 'UUID of an activity: the 20 before it.' }),
        min_id: z.string().optional().meta({ description: 'UUID of an activity: the 20 after it; `0`: the oldest.' }),
      }),
    },
    answers: collectionAnswers,
    errors: { 404: ofUser[404] },
  }),
  actorList('followers', 'Who follows the actor, newest first'),
  actorList('following', 'Whom the actor follows and who accepted that, newest first'),
  inbox('/users/{username}/inbox'),
  inbox('/inbox'),
  ...discoveryOperations,
  ...instanceOperations,
  ...followOperations,
  remoteFollowOperation,
  ...reactionOperations,
  ...shareOperations,
];
