import type { LocalUrls } from '../urls.ts';
import { assertionKeys, signingKey, type ActorKey } from './actor-keys.ts';
import { htmlOfText, linkTo } from './html-of-text.ts';
import type { LocalActor } from './local-actor.ts';

/** Without `cid/v1` a JSON-LD reader would lose `assertionMethod`. */
export const actorContext = [
  'https://www.w3.org/ns/activitystreams',
  'https://w3id.org/security/v1',
  'https://www.w3.org/ns/cid/v1',
  { manuallyApprovesFollowers: 'as:manuallyApprovesFollowers' },
];

/** Fields of a profile, as Mastodon has them. */
const fieldsContext = { schema: 'http://schema.org#', PropertyValue: 'schema:PropertyValue', value: 'schema:value' };

/** The ActivityStreams document of a local actor (art-dag-l2.md §8.3). */
export function actorDocument(urls: LocalUrls, actor: LocalActor): Record<string, unknown> {
  const { username, apId } = actor;
  return {
    '@context': actor.websiteUrl === null ? actorContext : [...actorContext, fieldsContext],
    type: actor.type,
    id: apId,
    preferredUsername: username,
    name: actor.displayName ?? username,
    ...shownProfile(actor),
    inbox: urls.inbox(username),
    outbox: urls.outbox(username),
    followers: urls.followers(username),
    following: urls.following(username),
    url: apId,
    endpoints: { sharedInbox: urls.sharedInbox },
    manuallyApprovesFollowers: false,
    published: actor.createdAt.toISOString().replace(/\.\d+Z$/, 'Z'),
    ...shownKeys(actor),
  };
}

/** `name` is plain text, `summary` and a field's `value` are HTML. */
function shownProfile({ bio, avatarUrl, websiteUrl }: LocalActor): Record<string, unknown> {
  return {
    ...(bio !== null && { summary: htmlOfText(bio) }),
    ...(avatarUrl !== null && { icon: { type: 'Image', url: avatarUrl } }),
    ...(websiteUrl !== null && { attachment: [{ type: 'PropertyValue', name: 'Website', value: linkTo(websiteUrl) }] }),
  };
}

/** What is left of a deleted actor: its keys too, so that who has its Delete, or a certificate of its, can still verify them. */
export function tombstone(actor: LocalActor): Record<string, unknown> {
  return {
    '@context': actorContext.slice(0, 3),
    type: 'Tombstone',
    id: actor.apId,
    formerType: actor.type,
    ...(actor.deletedAt && { deleted: actor.deletedAt.toISOString() }),
    ...shownKeys(actor),
  };
}

/** The properties that show an actor's keys. */
export function shownKeys({ apId, keys }: Pick<LocalActor, 'apId' | 'keys'>): Record<string, unknown> {
  const key = signingKey(keys);
  return {
    ...(key && { publicKey: { id: key.key_id, owner: apId, publicKeyPem: key.public_key_pem } }),
    assertionMethod: assertionKeys(keys).map((assertion) => multikey(apId, assertion)),
  };
}

function multikey(controller: string, key: ActorKey): Record<string, unknown> {
  return { id: key.key_id, type: 'Multikey', controller, publicKeyMultibase: key.public_key_multibase };
}
