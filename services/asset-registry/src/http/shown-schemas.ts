import { z } from 'zod';

/*
 * What several parts answer with, for the API description.
 */

/** `@context` of a document, as it stands there. */
export const contextSchema = z.array(z.unknown());

const proof = z
  .object({
    '@context': contextSchema,
    type: z.literal('DataIntegrityProof'),
    cryptosuite: z.literal('eddsa-jcs-2022'),
    created: z.iso.datetime(),
    verificationMethod: z.url().meta({ description: "One of the actor's `assertionMethod`s." }),
    proofPurpose: z.literal('assertionMethod'),
    proofValue: z.string().meta({ description: '`z` and the base58btc of 64 bytes of Ed25519.' }),
  })
  .meta({ id: 'Proof', description: 'FEP-8b32.' });

/** What a claim says of a work. */
export const claimObjectSchema = z
  .object({
    type: z.enum(['Image', 'Video', 'Audio', 'Application', 'Document']),
    id: z.url(),
    name: z.string(),
    attributedTo: z.url(),
    contentHash: z.object({ algorithm: z.literal('sha3-256'), value: z.string() }),
    digestMultibase: z.string().meta({ description: 'The same hash: `z` and the base58btc of its multihash.' }),
    mediaType: z.string().optional(),
    url: z.url().optional(),
    tag: z.array(z.object({ type: z.literal('Hashtag'), name: z.string() })).optional(),
    metadata: z.record(z.string(), z.unknown()).optional(),
    updated: z.iso.datetime().optional().meta({ description: 'When an Update changed it.' }),
  })
  .meta({ id: 'ClaimObject' });

const tombstone = z.object({
  type: z.literal('Tombstone'),
  id: z.url(),
  formerType: z.string().meta({ description: '`as:` and the ActivityStreams type.' }),
  deleted: z.iso.datetime(),
});

/** What a Delete says of a work. */
const deletedObjectSchema = tombstone
  .extend({ contentHash: z.object({ algorithm: z.literal('sha3-256'), value: z.string() }) })
  .meta({ id: 'DeletedObject' });

/** The answer 410. */
export const goneSchema = tombstone
  .extend({
    '@context': z.literal('https://www.w3.org/ns/activitystreams'),
    detail: z.string(),
    code: z.enum(['gone', 'erased']),
    request_id: z.string(),
    formerType: tombstone.shape.formerType.optional(),
  })
  .meta({ id: 'GoneWork', description: 'A Tombstone of ActivityStreams with the members of an error as well.' });

/** What stands in the place of an erased claim. */
export const erasedClaimSchema = tombstone
  .extend({ '@context': z.literal('https://www.w3.org/ns/activitystreams'), published: z.iso.datetime() })
  .meta({ id: 'ErasedClaim', description: 'A Tombstone of ActivityStreams.' });

/** The answer 410 of an erased claim. */
export const goneClaimSchema = erasedClaimSchema
  .extend({ detail: z.string(), code: z.literal('erased'), request_id: z.string() })
  .meta({ id: 'GoneClaim', description: 'A Tombstone of ActivityStreams with the members of an error as well.' });

/** A signed claim. */
export const activitySchema = z
  .object({
    '@context': contextSchema,
    type: z.enum(['Create', 'Update', 'Delete']),
    id: z.url(),
    actor: z.url(),
    published: z.iso.datetime(),
    to: z.array(z.url()),
    cc: z.array(z.url()),
    object: z.union([claimObjectSchema, deletedObjectSchema]),
    proof,
  })
  .meta({ id: 'Activity', description: 'A signed claim; its text is kept byte for byte.' });

/** How many there are, and how many a page has. */
export const countedSchema = {
  total: z.number().int(),
  total_estimated: z.literal(true).optional(),
  limit: z.number().int(),
};

export const nextPageSchema = z
  .string()
  .nullable()
  .meta({ description: 'Path and query of the next page; null on the last.' });

export const activityStreamsTypes = ['application/json', 'application/activity+json'];

export const nextPageHeader = { Link: '`<…>; rel="next"`, where there is a next page.' };
