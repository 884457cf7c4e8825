import { AppError } from '@artdag/service-kit';
import type { RequestHandler } from 'express';
import { z } from 'zod';
import { listKeys, retireKey, rotateKey, type KeyInfo, type KeyRingAdminDeps } from '../tokens/rotate-key.ts';
import { byOperator, operatorFields } from './operator.ts';
import { recordReading, type RecordReadingDeps } from './record-reading.ts';

export interface AdminKeyDeps extends KeyRingAdminDeps, RecordReadingDeps {}

const onlyOperator = z.object(operatorFields).default({});

/** `GET /internal/admin/keys` → `{keys: [{kid, status, usable, created_at, activates_at, not_after}]}`, oldest first. */
export function listKeysRoute(deps: AdminKeyDeps): RequestHandler {
  return async (req, res) => {
    await recordReading(deps, req, res, null);
    res.json({ keys: (await listKeys(deps)).map(shown) });
  };
}

/** `POST /internal/admin/keys/rotate` → 201 with the new key; 409 `rotation_under_way`, `signing_key_given`. */
export function rotateKeyRoute(deps: AdminKeyDeps): RequestHandler {
  return async (req, res) => {
    const { as } = onlyOperator.parse(req.body);
    const { kid } = await rotateKey(deps, byOperator(req, res, as));
    res.status(201).json(await keyOf(deps, kid));
  };
}

/** `POST /internal/admin/keys/{kid}/retire` → the key; 404 `key_not_found`, 409 `key_is_primary`. */
export function retireKeyRoute(deps: AdminKeyDeps): RequestHandler<{ kid: string }> {
  return async (req, res) => {
    const { as } = onlyOperator.parse(req.body);
    await retireKey(deps, req.params.kid, byOperator(req, res, as));
    res.json(await keyOf(deps, req.params.kid));
  };
}

async function keyOf(deps: AdminKeyDeps, kid: string) {
  const key = (await listKeys(deps)).find((listed) => listed.kid === kid);
  if (key === undefined) throw new AppError('key_not_found', 404, 'There is no such key in the ring.');
  return shown(key);
}

function shown(key: KeyInfo) {
  return {
    kid: key.kid,
    status: key.status,
    usable: key.usable,
    created_at: key.createdAt.toISOString(),
    activates_at: key.activatesAt?.toISOString() ?? null,
    not_after: key.notAfter?.toISOString() ?? null,
  };
}
