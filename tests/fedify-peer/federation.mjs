import { createExponentialBackoffPolicy, createFederation, InProcessMessageQueue, MemoryKvStore } from '@fedify/fedify';
import { Activity, Endpoints, Note, Person, Tombstone } from '@fedify/vocab';
import { specOf } from './settings.mjs';

/** The one actor of this peer. */
export const IDENTIFIER = 'peer';

/**
 * A Fedify server with one actor, everything in memory, free to talk to loopback addresses over http, which signs by `scheme` at first.
 * `onActivity(ctx, activity)` runs for each activity that Fedify has let through, once per activity id.
 */
export function createPeerFederation({ origin, scheme, state, onActivity }) {
  const { settings } = state;
  const federation = createFederation({
    kv: new MemoryKvStore(),
    // For what is sent with patience: Fedify's own repeats, only sooner than it ships them.
    queue: { outbox: new InProcessMessageQueue({ pollInterval: { milliseconds: 100 } }) },
    outboxRetryPolicy: createExponentialBackoffPolicy({ initialDelay: { milliseconds: 500 }, maxAttempts: 20 }),
    origin,
    allowPrivateAddress: true,
    firstKnock: specOf(scheme),
  });
  federation
    .setActorDispatcher('/users/{identifier}', async (ctx, identifier) => {
      if (identifier !== IDENTIFIER) return null;
      const id = ctx.getActorUri(identifier);
      if (settings.gone) return new Tombstone({ id });
      return new Person({
        id,
        preferredUsername: identifier,
        name: 'Fedify peer',
        inbox: ctx.getInboxUri(identifier),
        outbox: ctx.getOutboxUri(identifier),
        endpoints: new Endpoints({ sharedInbox: ctx.getInboxUri() }),
        ...state.keys.properties(),
      });
    })
    // Fedify numbers these itself; with them it signs the fetches of keys for the actor's own inbox.
    .setKeyPairsDispatcher((_ctx, identifier) => (identifier === IDENTIFIER ? state.keys.signers() : []))
    .authorize(async (ctx) => {
      if (!settings.wantsSignedFetches) return true;
      const owner = await ctx.getSignedKeyOwner();
      state.fetchers.push(owner?.id?.href ?? null);
      return owner !== null;
    });
  federation.setOutboxDispatcher('/users/{identifier}/outbox', () => ({ items: [] }));
  federation.setObjectDispatcher(Note, '/notes/{uuid}', (ctx, { uuid }) => state.notes.get(uuid) ?? null);
  federation
    .setInboxListeners('/users/{identifier}/inbox', '/inbox')
    .setSharedKeyDispatcher(() => (settings.signsFetches ? state.keys.present() : null))
    .on(Activity, onActivity);
  return federation;
}
