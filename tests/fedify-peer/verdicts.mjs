import { detachSignature, hasProofLike, verifyObject, verifyRequestDetailed } from '@fedify/fedify/sig';
import { Activity } from '@fedify/vocab';

/** A key cache of Fedify's shape that remembers found keys only, so that a key published later is found later. */
function createKeyCache() {
  const keys = new Map();
  return {
    get: async (keyId) => keys.get(keyId.href),
    set: async (keyId, key) => void (key && keys.set(keyId.href, key)),
  };
}

/**
 * What Fedify's own verifiers say about a delivery. They are asked one by one, since its inbox takes a good proof
 * for enough and then never looks at the HTTP signature.
 *
 * `httpSignature`: `{ verified, keyId? , reason? }`; `proof`: `verified`, `invalid` or `absent` (FEP-8b32);
 * `linkedDataSignature`: whether the document carries one.
 */
export function createJudge() {
  const keyCache = createKeyCache();
  return async function judge(request, text, loaders) {
    const options = { ...loaders, keyCache };
    const json = JSON.parse(text);
    return {
      httpSignature: await judgeRequest(request, options),
      proof: await judgeProof(json, options),
      linkedDataSignature: json?.signature !== undefined,
    };
  };
}

/** What Fedify's verifier says of the proof of a document that was not delivered, with keys that it fetches anew: what it cannot read it does not verify. */
export async function judgeDocument(json, loaders) {
  return judgeProof(json, { ...loaders, keyCache: createKeyCache() }).catch(() => 'invalid');
}

async function judgeRequest(request, options) {
  const result = await verifyRequestDetailed(request, { ...options, timeWindow: { minutes: 5 } });
  if (result.verified) return { verified: true, keyId: result.key.id?.href };
  return { verified: false, reason: result.reason.type, keyId: result.reason.keyId?.href };
}

async function judgeProof(json, options) {
  if (!hasProofLike(json)) return 'absent';
  const verified = await verifyObject(Activity, detachSignature(json), options);
  return verified === null ? 'invalid' : 'verified';
}
