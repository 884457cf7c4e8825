import { CryptographicKey, Multikey } from '@fedify/vocab';

const RSA = {
  name: 'RSASSA-PKCS1-v1_5',
  modulusLength: 2048,
  publicExponent: new Uint8Array([1, 0, 1]),
  hash: 'SHA-256',
};

const makeRsa = () => crypto.subtle.generateKey(RSA, true, ['sign', 'verify']);

/** The peer's keys: RSA for HTTP and Linked Data Signatures, Ed25519 for proofs. Of the RSA keys, the one before the present one is kept. */
export async function createPeerKeys(owner) {
  const ed25519 = {
    keyId: new URL('#multikey-2', owner),
    ...(await crypto.subtle.generateKey('Ed25519', true, ['sign', 'verify'])),
  };
  let rsa = { keyId: new URL('#main-key', owner), ...(await makeRsa()) };
  let former = rsa;
  let made = 1;
  return {
    /** The RSA key that signs requests. */
    present: () => rsa,
    /** All that signs an activity, with the RSA key before this one if `former`. */
    signers: (o = {}) => [o.former ? former : rsa, ed25519],
    /** A new RSA key, under the present one's id if `sameId`. */
    async rotate({ sameId }) {
      former = rsa;
      made += 1;
      rsa = { keyId: sameId ? rsa.keyId : new URL(`#main-key-${made}`, owner), ...(await makeRsa()) };
      return { former: former.keyId.href, present: rsa.keyId.href };
    },
    /** What the actor's document shows. */
    properties() {
      const controller = owner;
      const multikey = (id, { publicKey }) => new Multikey({ id, controller, publicKey });
      return {
        publicKey: new CryptographicKey({ id: rsa.keyId, owner, publicKey: rsa.publicKey }),
        assertionMethods: [multikey(new URL('#multikey-1', owner), rsa), multikey(ed25519.keyId, ed25519)],
      };
    },
  };
}
