import { createFederation, MemoryKvStore } from '@fedify/fedify';
import { Activity, Endpoints, Person } from '@fedify/vocab';

/** The one actor of this peer. */
export const IDENTIFIER = 'peer';

/** Both pairs of the peer's actor: RSA for HTTP signatures, Ed25519 for proofs. */
async function makeKeyPairs() {
  const rsa = {
    name: 'RSASSA-PKCS1-v1_5',
    modulusLength: 2048,
    publicExponent: new Uint8Array([1, 0, 1]),
    hash: 'SHA-256',
  };
  return Promise.all([
    crypto.subtle.generateKey(rsa, true, ['sign', 'verify']),
    crypto.subtle.generateKey({ name: 'Ed25519' }, true, ['sign', 'verify']),
  ]);
}

/**
 * A Fedify server with one actor, everything in memory, free to talk to loopback addresses over http.
 * `onActivity(activity)` runs for each activity that Fedify has let through, once per activity id.
 */
export function createPeerFederation({ origin, onActivity }) {
  const keyPairs = makeKeyPairs();
  const federation = createFederation({ kv: new MemoryKvStore(), origin, allowPrivateAddress: true });
  federation
    .setActorDispatcher('/users/{identifier}', async (ctx, identifier) => {
      if (identifier !== IDENTIFIER) return null;
      const keys = await ctx.getActorKeyPairs(identifier);
      return new Person({
        id: ctx.getActorUri(identifier),
        preferredUsername: identifier,
        name: 'Fedify peer',
        inbox: ctx.getInboxUri(identifier),
        outbox: ctx.getOutboxUri(identifier),
        endpoints: new Endpoints({ sharedInbox: ctx.getInboxUri() }),
        publicKey: keys[0].cryptographicKey,
        assertionMethods: keys.map((key) => key.multikey),
      });
    })
    .setKeyPairsDispatcher(async (_ctx, identifier) => (identifier === IDENTIFIER ? keyPairs : []));
  federation.setOutboxDispatcher('/users/{identifier}/outbox', () => ({ items: [] }));
  federation
    .setInboxListeners('/users/{identifier}/inbox', '/inbox')
    .on(Activity, async (_ctx, activity) => onActivity(activity));
  return federation;
}
