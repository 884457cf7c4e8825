import type { Database } from '@artdag/database/auth';

/** A token key as stored. */
export interface StoredKey {
  kid: string;
  status: string;
  privateEnc: string;
}

export interface NewKey {
  kid: string;
  publicJwk: { [member: string]: string };
  privateEnc: string;
}

export interface SigningKeyRepository {
  /** The keys that may sign or verify tokens at `now`, oldest first. */
  list(now: Date): Promise<StoredKey[]>;
  /**
   * Adds a primary key unless `unless` finds a reason not to in the keys that are there then; one process at a time, so
   * that of ten that start together one adds.
   */
  addPrimary(key: NewKey, now: Date, unless: (present: StoredKey[]) => boolean): Promise<void>;
}

/** Any number that no other lock of this database has. */
const ringLock = 0x6172_7472;

export function createSigningKeyRepository(database: Database): SigningKeyRepository {
  return {
    list: (now) => listTokenKeys(database.prisma, now),
    async addPrimary(key, now, unless) {
      await database.transaction(async (tx) => {
        await tx.$queryRaw`SELECT pg_advisory_xact_lock(${ringLock}::bigint)::text`;
        if (unless(await listTokenKeys(tx, now))) return;
        // There is room for one primary only. Whoever has the secret of the present one can still verify with it.
        await tx.signingKey.updateMany({ where: { use: 'token', status: 'primary' }, data: { status: 'verify' } });
        await tx.signingKey.create({ data: { ...key, use: 'token', status: 'primary' } });
      });
    },
  };
}

async function listTokenKeys(client: Pick<Database['prisma'], 'signingKey'>, now: Date): Promise<StoredKey[]> {
  const rows = await client.signingKey.findMany({
    where: {
      use: 'token',
      status: { in: ['next', 'primary', 'verify'] },
      privateEnc: { not: null },
      OR: [{ notAfter: null }, { notAfter: { gt: now } }],
    },
    orderBy: [{ createdAt: 'asc' }, { kid: 'asc' }],
  });
  return rows.flatMap(({ kid, status, privateEnc }) => (privateEnc === null ? [] : [{ kid, status, privateEnc }]));
}
