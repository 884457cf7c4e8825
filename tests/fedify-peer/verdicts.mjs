import { detachSignature, hasProofLike, verifyJsonLd, verifyObject, verifyRequestDetailed } from '@fedify/fedify/sig';
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
 * `httpSignature`: `{ verified, keyId? , reason? }`; `proof` (FEP-8b32) and `linkedDataSignature`: `verified`, `invalid` or `absent`.
 */
export function createJudge() {
  const keyCache = createKeyCache();
  return async function judge(request, text, loaders) {
    const options = { ...loaders, keyCache };
    const json = JSON.parse(text);
    return {
      httpSignature: await judgeRequest(request, options),
      proof: await judgeProof(json, options),
      linkedDataSignature: await judgeLinkedDataSignature(json, options),
    };
  };
}

/** What Fedify's verifiers say of a document that was not delivered, with keys that they fetch anew: what they cannot read they do not verify. */
export async function judgeDocument(json, loaders) {
  const options = { ...loaders, keyCache: createKeyCache() };
  return {
    proof: await judgeProof(json, options).catch(() => 'invalid'),
    linkedDataSignature: await judgeLinkedDataSignature(json, options),
  };
}

async function judgeRequest(request, options) {
  // As wide as Fedify's own inbox has it.
  const result = await verifyRequestDetailed(request, { ...options, timeWindow: { hours: 1 } });
  if (result.verified) return { verified: true, keyId: result.key.id?.href };
  return { verified: false, reason: result.reason.type, keyId: result.reason.keyId?.href };
}

async function judgeProof(json, options) {
  if (!hasProofLike(json)) return 'absent';
  const verified = await verifyObject(Activity, detachSignature(json), options);
  return verified === null ? 'invalid' : 'verified';
}

/** Fedify rejects what it cannot canonicalise. */
async function judgeLinkedDataSignature(json, options) {
  if (json?.signature === undefined) return 'absent';
  return (await verifyJsonLd(json, options).catch(() => false)) ? 'verified' : 'invalid';
}
