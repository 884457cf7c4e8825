import type { Database } from '@artdag/database/auth';

/** The public members of an RSA JWK. */
export interface RsaJwk {
  kty: 'RSA';
  n: string;
  e: string;
}

export interface AssertionKey {
  kid: string;
  service: string;
  jwk: RsaJwk;
  notAfter: Date;
}

export interface AssertionKeyRepository {
  /** The keys that are good at `now`. */
  list(now: Date): Promise<AssertionKey[]>;
  /** Adds the key or extends its life; false when the id belongs to another service, or to a token key. */
  upsert(key: AssertionKey): Promise<boolean>;
  /** Deletes what ended before. */
  deleteEndedBefore(time: Date): Promise<void>;
}

export function createAssertionKeyRepository({ prisma }: Database): AssertionKeyRepository {
  return {
    async list(now) {
      const rows = await prisma.signingKey.findMany({
        where: { use: 'internal', notAfter: { gt: now } },
        orderBy: { createdAt: 'asc' },
      });
      return rows.flatMap(({ kid, service, publicJwk, notAfter }) =>
        service === null || notAfter === null ? [] : [{ kid, service, jwk: publicJwk as unknown as RsaJwk, notAfter }],
      );
    },
    async upsert({ kid, service, jwk, notAfter }) {
      const row = { kid, service, use: 'internal', status: 'verify', publicJwk: { ...jwk }, notAfter };
      const added = await prisma.signingKey.createMany({ data: [row], skipDuplicates: true });
      if (added.count === 1) return true;
      const extended = await prisma.signingKey.updateMany({
        where: { kid, use: 'internal', service },
        data: { notAfter },
      });
      return extended.count === 1;
    },
    async deleteEndedBefore(time) {
      await prisma.signingKey.deleteMany({ where: { use: 'internal', notAfter: { lt: time } } });
    },
  };
}
