import httpSignature from 'http-signature';
import { parseKey, type Key } from 'sshpk';
import type { PublicKey } from '../public-key.ts';

const known = new WeakMap<PublicKey, Key>();

/**
 * A key as the package `http-signature` takes it. Given a text, it would read it, write it anew, and have node read that, for every single
 * signature, which costs more than verifying does.
 */
function libraryKey(publicKey: PublicKey): Key {
  const remembered = known.get(publicKey);
  if (remembered !== undefined) return remembered;
  const key = parseKey(publicKey.pem, 'pem');
  // What it hands to node's verifier: the key that node has read already.
  key.toBuffer = () => publicKey.key;
  known.set(publicKey, key);
  return key;
}

/** Verifies by the package, over a text that was composed by us. Throws whatever it throws when it cannot use the key. */
export function verifyByLibrary(
  parsed: Omit<Parameters<typeof httpSignature.verifySignature>[0], 'opaque'>,
  publicKey: PublicKey,
): boolean {
  const verifySignature = httpSignature.verifySignature as unknown as (signature: typeof parsed, key: Key) => boolean;
  return verifySignature(parsed, libraryKey(publicKey));
}
