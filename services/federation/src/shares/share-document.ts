import { publicCollection } from '@artdag/claims';

const context = 'https://www.w3.org/ns/activitystreams';

/** Who announces what under which UUID. */
export interface Announced {
  actor: string;
  /** The actor's followers collection. */
  followers: string;
  object: string;
  activityId: string;
}

export function shareId({ actor, activityId }: Pick<Announced, 'actor' | 'activityId'>): string {
  return `${actor}#shares/${activityId}`;
}

/** @param ownerApId whose the object is, where we know that */
export function announceDocument(a: Announced, published: Date, ownerApId?: string): Record<string, unknown> {
  return {
    '@context': context,
    type: 'Announce',
    id: shareId(a),
    actor: a.actor,
    published: `${published.toISOString().slice(0, 19)}Z`,
    to: [publicCollection],
    cc: [a.followers, ...(ownerApId === undefined ? [] : [ownerApId])],
    object: a.object,
  };
}

/** With the Announce in it: others need not have kept its id. */
export function undoAnnounceDocument(a: Announced): Record<string, unknown> {
  const { actor, object } = a;
  const id = `${actor}#undoes/shares/${a.activityId}`;
  const to = [publicCollection];
  return {
    ...{ '@context': context, type: 'Undo', id, actor, to, cc: [a.followers] },
    object: { type: 'Announce', id: shareId(a), actor, object },
  };
}

/** What an actor says about sharing something arrives in the order in which it was said. */
export function orderOf({ actor, object }: Pick<Announced, 'actor' | 'object'>): string {
  return `${actor}#shares ${object}`;
}
