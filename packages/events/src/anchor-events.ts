import { z } from 'zod';
import { defineEvent } from './define-event.ts';

const merkleRoot = z.string().regex(/^[0-9a-f]{64}$/);
const registry = { context: 'registry' } as const;

/**
 * A checkpoint of the log is going to the calendars. Subject: the tree's root as hex; version: `anchors.version`, one counter for both events.
 */
export const anchorCreated = defineEvent(
  'anchor-created',
  1,
  z.looseObject({ merkle_root: merkleRoot, log_size: z.int().positive() }),
  registry,
);

/** A Bitcoin block attests to the anchor, and its header and the five on top of it were checked. `block_time` is the miner's. */
export const anchorConfirmed = defineEvent(
  'anchor-confirmed',
  1,
  z.looseObject({
    merkle_root: merkleRoot,
    log_size: z.int().positive(),
    bitcoin_height: z.int().nonnegative(),
    block_time: z.iso.datetime(),
  }),
  registry,
);
