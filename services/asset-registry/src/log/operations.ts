import { describeRoute, type Operation } from '@artdag/service-kit';
import { z } from 'zod';
import { nextPageHeader, nextPageSchema } from '../http/shown-schemas.ts';
import { treeSizeForm } from './routes/get-checkpoint.route.ts';
import { getProofQuerySchema, leafHashForm } from './routes/get-proof.route.ts';
import { listCheckpointsQuerySchema } from './routes/list-checkpoints.route.ts';

const hashHex = z.string().meta({ description: 'SHA-256, hex.' });
const noteSchema = z
  .string()
  .meta({ description: 'A signed note of three lines: origin, tree size, root hash (C2SP tlog-checkpoint).' });
const bytesSchema = z.string().meta({ format: 'binary' });
const text = ['text/plain'];

const checkpointPage = z
  .object({
    checkpoints: z.array(
      z.object({
        size: z.number().int(),
        root_hash: hashHex,
        key_id: z.string(),
        signed_at: z.iso.datetime(),
        checkpoint: noteSchema,
      }),
    ),
    limit: z.number().int(),
    next: nextPageSchema,
  })
  .meta({ id: 'CheckpointPage' });

const leafProof = z
  .object({
    leaf_index: z.number().int(),
    leaf_hash: hashHex,
    leaf: z.string().meta({ description: 'The entry: canonical JSON of who claimed which hash and when.' }),
    tree_size: z.number().int(),
    root_hash: hashHex,
    hashes: z.array(hashHex).meta({ description: "RFC 6962 §2.1.1: from the leaf's sibling up." }),
    checkpoint: noteSchema,
    tlog_proof: z.string().meta({ description: 'The same as `c2sp.org/tlog-proof@v1`.' }),
  })
  .meta({ id: 'LeafProof' });

const vkeys = z
  .object({
    origin: z.string(),
    vkeys: z.array(
      z.object({
        vkey: z.string(),
        key_id: z.string(),
        status: z.enum(['primary', 'retired', 'compromised']),
        from_size: z.number().int().meta({ description: 'The size of the first checkpoint that it signed.' }),
      }),
    ),
  })
  .meta({ id: 'LogKeys' });

const tilePath = z.string().meta({
  description:
    '`<L>/<N>[.p/<W>]` or `entries/<N>[.p/<W>]`, such as `0/x001/234` or `entries/000.p/17`; its slashes are those of the URL.',
});

const common = { method: 'GET', tag: 'log', auth: 'public' } as const;

/** The public routes of the transparency log, for the API description. */
export const logOperations: readonly Operation[] = [
  describeRoute({
    ...common,
    path: '/log/checkpoint',
    id: 'getCheckpoint',
    summary: 'The newest signed checkpoint',
    answers: { 200: { description: 'The signed note.', body: noteSchema, mediaTypes: text } },
    errors: { 404: ['not_found'] },
  }),
  describeRoute({
    ...common,
    path: '/log/checkpoints',
    id: 'listCheckpoints',
    summary: 'Every checkpoint that was ever served, the smallest first',
    request: { query: listCheckpointsQuerySchema },
    answers: { 200: { description: 'A page.', body: checkpointPage, headers: nextPageHeader } },
    errors: { 422: ['validation_error'] },
  }),
  describeRoute({
    ...common,
    path: '/log/checkpoints/{size}',
    id: 'getArchivedCheckpoint',
    summary: 'A checkpoint that was served once',
    request: { path: z.object({ size: z.string().regex(treeSizeForm) }) },
    answers: { 200: { description: 'The signed note.', body: noteSchema, mediaTypes: text } },
    errors: { 404: ['not_found'] },
  }),
  describeRoute({
    ...common,
    path: '/log/tile/{tile}',
    id: 'getTile',
    summary: 'A hash tile or an entry bundle',
    description: 'C2SP tlog-tiles. Only what a signed checkpoint covers; full ones may be cached for ever.',
    request: { path: z.object({ tile: tilePath }) },
    answers: { 200: { description: 'Its bytes.', body: bytesSchema, mediaTypes: ['application/octet-stream'] } },
    errors: { 404: ['not_found'] },
  }),
  describeRoute({
    ...common,
    path: '/log/proof/{leaf_hash}',
    id: 'getProof',
    summary: 'That a leaf is in the log',
    description: 'Against the newest signed checkpoint, or with `size` an archived one.',
    request: { path: z.object({ leaf_hash: z.string().regex(leafHashForm) }), query: getProofQuerySchema },
    answers: {
      200: {
        description: 'The proof; with `Accept: text/plain` only that of `tlog_proof`.',
        body: leafProof,
        mediaTypes: ['application/json', ...text],
      },
    },
    errors: { 404: ['not_found'], 422: ['validation_error'] },
  }),
  describeRoute({
    ...common,
    path: '/log/vkeys',
    id: 'listVkeys',
    summary: 'The keys that sign, or signed, its checkpoints',
    answers: { 200: { description: 'All, the first one first.', body: vkeys } },
  }),
];
