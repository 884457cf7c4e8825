import { z } from 'zod';

/** An actor's id; anything else is nobody's, and might hold what the database cannot (NUL). */
export const actorId = z.string().regex(/^[a-z]+:[A-Za-z0-9._:-]{1,100}$/, 'wants an actor id such as user:…');

/** The address of an L1 in the one spelling that l1-bridge gives it. */
export const l1Server = z
  .string()
  .max(2048)
  .regex(/^https?:\/\/[\x21-\x7e]+$/, 'wants an http or https address');

export const sessionId = z
  .string()
  .max(128)
  .regex(/^[\x21-\x7e]+$/, 'wants a session id such as ses_…');

export const jti = z.string().regex(/^tok_[0-9a-z]{26}$/, 'wants a token id such as tok_…');
