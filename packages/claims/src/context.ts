import { jcs } from './jcs.ts';

/** The `@context` of every claim: fixed text, the same on every installation. Its names are never fetched. */
export const claimContext = [
  'https://www.w3.org/ns/activitystreams',
  'https://w3id.org/security/data-integrity/v1',
  {
    Hashtag: 'as:Hashtag',
    algorithm: 'artdag:algorithm',
    artdag: 'https://artdag.rose-ash.com/ns#',
    contentHash: 'artdag:contentHash',
    metadata: { '@id': 'artdag:metadata', '@type': '@json' },
    value: 'artdag:value',
  },
] as const;

/** The same as canonical JSON text. */
export const claimContextText = jcs(claimContext);

export const publicCollection = 'https://www.w3.org/ns/activitystreams#Public';
