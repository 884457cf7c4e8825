import { z } from 'zod';
import { anchorStates } from './anchor-state.ts';

/*
 * What is answered about anchors, for the API description.
 */

const time = z.iso.datetime().nullable();
const hash = z.string().meta({ description: '64 lower-case hex digits.' });
const problem = z
  .string()
  .nullable()
  .meta({ description: 'What the last call came to: `timeout`, `unreachable`, `garbage`, `http_503`, …' });

const submission = z.object({
  calendar: z.url(),
  operator: z.string().meta({ description: 'Who runs it, as far as its address tells.' }),
  accepted_at: time,
  attempts: z.number().int(),
  next_attempt_at: time,
  problem,
});

export const anchorSchema = z
  .object({
    merkle_root: hash.meta({ description: 'The root of the tree, hex; it names the anchor.' }),
    log_size: z.number().int().meta({ description: 'Leaves in the tree.' }),
    activity_count: z.number().int().meta({ description: 'Claims among them.' }),
    state: z.enum(anchorStates),
    summary: z.string().meta({ description: 'The state in words.' }),
    created_at: z.iso.datetime(),
    submitted_at: time.meta({ description: 'When the first calendar took it.' }),
    upgraded_at: time.meta({ description: 'When a calendar first named a block.' }),
    confirmed_at: time.meta({ description: 'When that block and five on top of it were checked.' }),
    bitcoin_height: z.number().int().nullable(),
    block_time: time.meta({ description: 'As the miner says, right to about two hours.' }),
    header_problem: z
      .enum(['source_failed', 'header_mismatch'])
      .nullable()
      .meta({ description: 'Why a block that is named is not confirmed.' }),
    proof: z.string().nullable().meta({ description: 'Path of the `.ots` file, once a calendar has answered.' }),
    calendars: z.array(submission),
  })
  .meta({ id: 'Anchor' });

export const anchorDetailSchema = anchorSchema
  .extend({
    checkpoint: z.string().meta({
      description: "What is anchored, by its SHA-256: the checkpoint's text and the log's own signature line.",
    }),
    attestations: z.array(
      z.object({
        bitcoin_height: z.number().int(),
        block_merkle_root: hash.meta({ description: 'As block explorers show it.' }),
        header: z.enum(['checked', 'mismatch', 'not_checked']),
      }),
    ),
    promises: z.array(
      z.object({
        calendar: z.string(),
        commitment: z.string().meta({ description: 'What to ask it about, hex.' }),
        asked: z.boolean().meta({ description: 'Whether we ask it.' }),
        attempts: z.number().int(),
        kept_at: time,
        next_attempt_at: time,
        problem,
      }),
    ),
    block_headers: z
      .array(z.string())
      .meta({ description: '80 bytes each, hex: the block that attests, then those on top of it.' }),
  })
  .meta({ id: 'AnchorDetail' });

export const calendarSchema = z
  .object({
    calendar: z.url(),
    operator: z.string(),
    configured: z.boolean().meta({ description: 'Anchors are given to it; others were referred to.' }),
    last_success_at: time,
    last_failure_at: time,
    last_problem: problem,
    consecutive_failures: z.number().int(),
    median_latency_ms: z.number().int().nullable().meta({ description: 'Of its last 20 answers.' }),
    pending: z.number().int().meta({ description: 'Promises that it has not kept yet.' }),
    retry_at: time.meta({ description: 'Until then it is left in peace.' }),
  })
  .meta({ id: 'Calendar' });

export const activityAnchorSchema = z
  .object({
    activity_id: z.uuid(),
    log_index: z.number().int().nullable(),
    leaf: z.string().nullable().meta({ description: 'The leaf, verbatim.' }),
    leaf_hash: hash.nullable().meta({ description: 'RFC 6962 leaf hash, hex.' }),
    state: z.enum(['not_logged', 'not_anchored', ...anchorStates]),
    anchor: anchorDetailSchema.nullable(),
    inclusion: z
      .object({
        tree_size: z.number().int(),
        root: hash,
        hashes: z.array(hash).meta({ description: "RFC 6962 §2.1.1, from the leaf's sibling up." }),
        tlog_proof: z.string().meta({ description: 'The same as `c2sp.org/tlog-proof@v1`, with the checkpoint.' }),
      })
      .nullable(),
  })
  .meta({ id: 'ActivityAnchor' });
