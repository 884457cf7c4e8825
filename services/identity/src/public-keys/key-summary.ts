import { z } from 'zod';
import type { KeyRow } from './key-rows.ts';

const when = z.iso.datetime();

/** A key as it is shown: never the key itself. */
export const keySummarySchema = z
  .object({
    key_id: z.string(),
    fingerprint: z.string().meta({ description: '`sha256:` and the hex SHA-256 of the raw public key.' }),
    algorithm: z.string(),
    label: z.string().nullable(),
    created_at: when,
    last_used_at: when.nullable().meta({ description: 'Written at most once a minute.' }),
    expires_at: when.nullable().meta({ description: 'Null: it does not expire.' }),
    revoked_at: when.nullable(),
  })
  .meta({ id: 'PublicKeySummary' });

export type KeySummary = z.output<typeof keySummarySchema>;

export function keySummary(key: KeyRow): KeySummary {
  const { id, fingerprint, algorithm, label } = key;
  return {
    ...{ key_id: id, fingerprint, algorithm, label, created_at: key.createdAt.toISOString() },
    last_used_at: key.lastUsedAt?.toISOString() ?? null,
    expires_at: key.expiresAt?.toISOString() ?? null,
    revoked_at: key.revokedAt?.toISOString() ?? null,
  };
}
