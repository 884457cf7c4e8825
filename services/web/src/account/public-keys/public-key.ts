import { z } from 'zod';

const publicKeySchema = z.object({
  key_id: z.string(),
  fingerprint: z.string(),
  algorithm: z.string(),
  label: z.string().nullable(),
  created_at: z.string(),
  last_used_at: z.string().nullable(),
  expires_at: z.string().nullable(),
  revoked_at: z.string().nullable(),
});

export const publicKeyListSchema = z.object({ keys: z.array(publicKeySchema) });

export type PublicKey = z.output<typeof publicKeySchema>;
