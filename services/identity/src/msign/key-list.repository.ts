import { publicKeyFromBytes } from '@artdag/msign';
import type { Execute } from '@artdag/messaging';
import type { KeyList, PublicKey } from './key-list.ts';

export interface KeyListRepository {
  /** What is known of these handles; those that nobody has are left out. @param now which keys count as live */
  find(execute: Execute, handles: readonly string[], now: Date): Promise<Map<string, KeyList>>;
}

export const keyListRepository: KeyListRepository = { find };

// The most live keys that an identity may have, and as many that ended, so that their owner is told so.
const most = 10;

const keyColumns = 'id, fingerprint, public_key, expires_at, revoked_at';
const live = '(revoked_at IS NULL AND (expires_at IS NULL OR expires_at > $2))';

const select = `
  SELECT i.handle, i.actor_id, i.identity_type, i.agent_capabilities, i.spawned_by, i.end_reason,
         i.expires_at AS identity_expires_at, i.deleted_at IS NOT NULL AS ended, k.*
  FROM identities i
  LEFT JOIN LATERAL (
    (SELECT true AS live, created_at AS at, ${keyColumns} FROM auth_keys WHERE identity_id = i.id AND ${live}
     ORDER BY created_at DESC, id DESC LIMIT ${most})
    UNION ALL
    (SELECT false, least(revoked_at, expires_at), ${keyColumns} FROM auth_keys WHERE identity_id = i.id AND NOT ${live}
     ORDER BY 2 DESC, id DESC LIMIT ${most})
  ) k ON true
  WHERE i.handle = ANY($1) AND i.identity_type <> 'org'
  ORDER BY i.handle, k.live DESC, k.at DESC, k.id DESC`;

interface Row {
  handle: string;
  actor_id: string;
  identity_type: 'human' | 'agent';
  agent_capabilities: string[];
  spawned_by: string | null;
  end_reason: string | null;
  identity_expires_at: Date | null;
  ended: boolean;
  /** Null when the identity has no key. */
  id: string | null;
  fingerprint: string;
  public_key: Buffer;
  expires_at: Date | null;
  revoked_at: Date | null;
}

async function find(execute: Execute, handles: readonly string[], now: Date): Promise<Map<string, KeyList>> {
  const lists = new Map<string, KeyList>();
  const { rows } = await execute(select, [handles, now]);
  for (const row of rows as unknown as Row[]) {
    let list = lists.get(row.handle);
    if (list === undefined) lists.set(row.handle, (list = listOf(row)));
    if (row.id !== null) list.keys.push(keyOf(row, row.id));
  }
  return lists;
}

function listOf(row: Row): KeyList {
  return {
    handle: row.handle,
    actorId: row.actor_id,
    identityType: row.identity_type,
    capabilities: row.agent_capabilities,
    ownerActorId: row.identity_type === 'agent' ? row.spawned_by : null,
    expiresAt: row.identity_expires_at?.getTime() ?? null,
    ended: row.ended,
    endReason: row.end_reason,
    keys: [],
  };
}

function keyOf(row: Row, id: string): PublicKey {
  return {
    id,
    fingerprint: row.fingerprint,
    publicKey: publicKeyFromBytes(row.public_key),
    expiresAt: row.expires_at?.getTime() ?? null,
    revoked: row.revoked_at !== null,
  };
}
