import { z } from 'zod';
import { defineEvent } from './define-event.ts';

const text = z.string().min(1);
const bridge = { context: 'bridge' } as const;
const attachment = z.looseObject({ l1_url: z.url(), username: text });

/** Emitted by l1-bridge once an L1 has verified the token of a new attachment. Subject: the attachment's id. */
export const rendererAttached = defineEvent('renderer-attached', 1, attachment, bridge);

/** Emitted by l1-bridge once an attachment is gone, whoever ended it. Subject: the attachment's id. */
export const rendererDetached = defineEvent(
  'renderer-detached',
  1,
  attachment.extend({
    /** `detached`, `revoked`, `logout`, … */
    reason: text,
  }),
  bridge,
);

/**
 * Emitted by l1-bridge when an L1 could not be told of a revoked token although it was tried for more than a day. The token is dead all the
 * same; what the L1 may still have is its own session of that user. Subject: the id of the call.
 */
export const l1RevocationFailed = defineEvent(
  'l1-revocation-failed',
  1,
  attachment.extend({ jti: text.nullable(), attempts: z.int().positive(), last_error: text }),
  bridge,
);
