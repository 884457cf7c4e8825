import type { EndReason } from '../revocations/end-reason.ts';

/** An actor's attachment to an L1. */
export interface Attachment {
  l1Url: string;
  status: 'pending' | 'attached';
  jti: string | null;
  tokenHash: string | null;
  verifiedAt: Date | null;
  /** Of its token; null for an old one that was never verified. */
  expiresAt: Date | null;
}

export interface NewAttachment {
  actorId: string;
  username: string;
  l1Url: string;
  jti: string;
  tokenHash: string;
  /** ISO 8601. */
  expiresAt: string;
  /** Older tokens that ended with the making of this one: the L1 is told. */
  superseded: readonly { jti: string; tokenHash: string }[];
}

export type AttachOutcome = 'attached' | 'token-ended' | 'l1-closed';

/** The end of one. */
export interface Detachment {
  actorId: string;
  username: string;
  l1Url: string;
  /** Only if it is this token's; null for whatever there is. */
  jti: string | null;
  reason: EndReason;
  /** Tokens that have ended with it: the L1 is told, if the reason is one that it is told of. */
  ended: readonly { jti: string; tokenHash: string }[];
}

export interface RendererRepository {
  /** The attachments of an actor. */
  listFor(actorId: string): Promise<Attachment[]>;
  /** Makes it, or gives it the new token. Nothing is written when that token has ended meanwhile, or the L1 takes nobody any more. */
  attach(attachment: NewAttachment): Promise<AttachOutcome>;
  /** Ends it, with the calls that tell the L1, in one transaction. False when there was none. */
  detach(detachment: Detachment): Promise<boolean>;
  /** Those of these tokens whose attachment is not yet verified become attached. */
  markVerified(jtis: readonly string[]): Promise<void>;
}
