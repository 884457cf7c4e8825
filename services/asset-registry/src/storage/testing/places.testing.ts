import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { collectLogs, eventually, type CollectedLogs } from '@artdag/testing';
import { good } from './provider-stand-ins.testing.ts';
import { as, clock, newCid, startStorageKit, type StorageKit } from './storage-kit.testing.ts';

/** Where a copy is to be recorded, and for whom. */
export interface Place {
  actor: string;
  id: string;
  hash: string;
  /** The body that records it. */
  pin: Record<string, unknown>;
}

/** A place, and how a copy gets there and away. */
export interface Copy extends Place {
  put(): void;
  take(): void;
}

export interface Places extends StorageKit {
  logs: CollectedLogs;
  /** `STORAGE_LOCAL_ROOT`, with a folder `works`. */
  root: string;
  /** At a provider of this type, by default with a config that the stand-ins take. */
  place(type: string, pin: Record<string, unknown>, o?: { config?: object; hash?: string }): Promise<Place>;
  /** At a provider of this type, whatever finds copies there. */
  copyAt(type: string): Promise<Copy & { file: string }>;
  record(place: Place): Promise<void>;
  get(place: Place): Promise<ShownPin>;
  /** Resolves to the pin when it was looked at for the first time. */
  firstLook(place: Place): Promise<ShownPin>;
  /** Has the provider's copies looked at, as its owner may once a minute. Resolves to the pin after that. */
  lookAgain(place: Place): Promise<ShownPin>;
}

interface ShownPin {
  status: string;
  since: string;
  last_checked_at: string | null;
  checks: { at: string; result: string; message: string; is_change: boolean }[];
}

export const minute = 60_000;
export const day = 24 * 60 * minute;

/** Of everything that is there: a system administrator. */
export const owner = ({ actor }: Pick<Place, 'actor'>) => as({ actor_id: actor, roles: ['system_admin'] });

/** The storage kit with stand-ins that copies can be put at and taken from. */
export async function startPlaces(): Promise<Places> {
  const logs = collectLogs();
  const root = mkdtempSync(join(tmpdir(), 'artdag-checks-'));
  mkdirSync(join(root, 'works'));
  const overrides = { storage: { countEveryMs: 200 } };
  const kit = await startStorageKit({ logger: logs.logger, env: { STORAGE_LOCAL_ROOT: root }, overrides });
  let serial = 0;

  const place: Places['place'] = async (type, pin, { config = configs(kit.providers.url)[type], hash } = {}) => {
    const actor = `user:c${(serial += 1)}`;
    const id = await kit.add({ provider_type: type, config }, owner({ actor }));
    const content_hash = hash ?? (await kit.registered());
    return { actor, id, hash: content_hash, pin: { content_hash, ...pin } };
  };
  const get: Places['get'] = async (at) => {
    const { body } = await kit.registry.get(`/storage/${at.id}/pins/${at.hash}`, owner(at)).expect(200);
    return body as ShownPin;
  };
  const lookedAt = (at: Place, from: number): Promise<ShownPin> =>
    eventually(async () => {
      const pin = await get(at);
      if (pin.last_checked_at === null || Date.parse(pin.last_checked_at) < from) throw new Error('not looked at yet');
      return pin;
    });

  return {
    ...kit,
    ...{ logs, root, place, get },
    copyAt: (type) => copyAt({ kit, root, place }, type),
    async record(at) {
      await kit.registry.post(`/storage/${at.id}/pins`, at.pin, owner(at)).expect(201);
    },
    firstLook: (at) => lookedAt(at, 0),
    async lookAgain(at) {
      clock.forwardMs += 2 * minute;
      const from = clock.now().getTime();
      await kit.registry.post(`/storage/${at.id}/check`, {}, owner(at)).expect(202);
      return await lookedAt(at, from);
    },
    async close() {
      await kit.close();
      rmSync(root, { recursive: true });
    },
  };
}

const bucket = { access_key: good.accessKey, secret_key: good.secretKey, bucket: good.bucket };

/** A config of each type that the stand-ins take. */
function configs(url: string): Record<string, object> {
  const service = { endpoint: `${url}/psa`, token: good.token };
  return {
    ...{ psa: service, web3storage: service, nftstorage: service, pinata: { jwt: good.jwt } },
    infura: { project_id: good.projectId, project_secret: good.projectSecret },
    ipfs: { api: `${url}/node` },
    ...{ filebase: bucket, storj: bucket, s3: { ...bucket, endpoint: `${url}/s3`, region: 'eu-1' } },
    local: { path: 'works' },
  };
}

async function copyAt(
  { kit, root, place }: Pick<Places, 'root' | 'place'> & { kit: StorageKit },
  type: string,
): Promise<Copy & { file: string }> {
  const { providers } = kit;
  const cid = newCid();
  const key = `ä b/${cid}+(1).png`;
  if (type === 'local') {
    const bytes = `bytes of ${cid}`;
    const hash = createHash('sha3-256').update(bytes).digest('hex');
    await kit.sql('INSERT INTO content_owners (content_hash, owner_actor_id) VALUES ($1, $2)', [hash, 'user:x']);
    const made = await place(type, { path: `${hash}.bin` }, { hash });
    const file = join(root, 'works', `${hash}.bin`);
    return { ...made, file, put: () => writeFileSync(file, bytes), take: () => rmSync(file, { force: true }) };
  }
  if (['filebase', 'storj', 's3'].includes(type)) {
    const made = await place(type, { key });
    const name = `${good.bucket}/${key}`;
    const put = () => providers.objects.set(name, { size: 1234, etag: 'd41d8cd9' });
    return { ...made, file: name, put, take: () => providers.objects.delete(name) };
  }
  const made = await place(type, { ipfs_cid: cid });
  return { ...made, file: cid, put: () => providers.pins.set(cid, 'pinned'), take: () => providers.pins.delete(cid) };
}
