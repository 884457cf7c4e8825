import { z } from 'zod';

/** A jti, a session, an actor, an API key or a public key. Shorter words are names of the store's own. */
export const revocableId = z
  .string()
  .regex(/^[\x21-\x7e]{6,256}$/, 'wants 6 to 256 printable ASCII characters without spaces');
