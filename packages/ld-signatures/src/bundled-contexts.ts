import activityStreams from './contexts/activitystreams.json' with { type: 'json' };
import cid from './contexts/cid-v1.json' with { type: 'json' };
import dataIntegrity from './contexts/data-integrity-v1.json' with { type: 'json' };
import identity from './contexts/identity-v1.json' with { type: 'json' };
import security from './contexts/security-v1.json' with { type: 'json' };

/** The contexts of what we publish, by their names. Nothing else is ever loaded, and nothing over the network. */
const bundled = new Map<string, object>([
  ['https://www.w3.org/ns/activitystreams', activityStreams],
  ['https://www.w3.org/ns/cid/v1', cid],
  ['https://w3id.org/security/data-integrity/v1', dataIntegrity],
  ['https://w3id.org/identity/v1', identity],
  ['https://w3id.org/security/v1', security],
]);

/** The document loader of `jsonld`. Rejects for a context that is not bundled. */
export async function loadBundledContext(url: string) {
  const document = bundled.get(url);
  if (document === undefined) throw new Error(`The context ${url} is not bundled, and none is fetched.`);
  return { contextUrl: null, documentUrl: url, document };
}
