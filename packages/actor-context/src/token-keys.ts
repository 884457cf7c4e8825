import { KeyObject } from 'node:crypto';
import { importJWK } from 'jose';
import { z } from 'zod';
import { AppError, type Logger, RETRY_AFTER_SECONDS } from '@artdag/service-kit';

export interface TokenKeysDeps {
  /** Fetches auth's JWKS document. */
  fetch: () => Promise<unknown>;
  now: () => Date;
  logger: Logger;
}

/** A public key of auth's ring. The algorithm is ours to say, never a token's. */
export interface TokenKey {
  publicKey: KeyObject;
  algorithm: 'RS256';
}

/** The public halves of auth's key ring. */
export interface TokenKeys {
  /** @throws AppError 503 `dependency_unavailable` when it cannot be known */
  find(kid: string): Promise<TokenKey | undefined>;
  /** Whether the key is still published, as far as known. */
  has(kid: string): boolean;
  /** The ring has changed: reads it again, in the background. */
  changed(): void;
}

/** auth publishes a key this long before it signs, so a copy of this age is complete. */
const maxAgeMs = 300_000;
/** An unknown `kid` is asked about at most this often: a forger must not turn us against auth. */
const askAgainMs = 10_000;

const jwksSchema = z.object({
  keys: z.array(z.object({ kid: z.string(), kty: z.literal('RSA'), n: z.string(), e: z.string() })),
});

/** A cached JWKS (RFC 7517). */
export function createTokenKeys({ fetch, now, logger }: TokenKeysDeps): TokenKeys {
  let keys: Map<string, TokenKey> | undefined;
  let fetchedAt = 0;
  let askedAt = 0;
  let failure: AppError | undefined;
  let running: Promise<Map<string, TokenKey>> | undefined;

  async function load(): Promise<Map<string, TokenKey>> {
    askedAt = now().getTime();
    try {
      keys = await importKeys(await fetch());
      fetchedAt = askedAt;
      failure = undefined;
      return keys;
    } catch (cause) {
      failure = notRead(cause);
      throw failure;
    }
  }

  function refresh(): Promise<Map<string, TokenKey>> {
    running ??= load().finally(() => {
      running = undefined;
    });
    return running;
  }

  /** An old copy goes on being used while its successor is on the way. */
  function renewWhenOld(): void {
    const at = now().getTime();
    if (running || at - fetchedAt <= maxAgeMs || at - askedAt < askAgainMs) return;
    renew();
  }

  function renew(): void {
    refresh().catch((error: unknown) => logger.warn('the keys of tokens could not be read again', { error }));
  }

  return {
    async find(kid) {
      const known = keys ?? (await refresh());
      const key = known.get(kid);
      if (key) {
        renewWhenOld();
        return key;
      }
      if (running || now().getTime() - askedAt >= askAgainMs) return (await refresh()).get(kid);
      // Whether the key exists is not known while auth does not answer.
      if (failure !== undefined) throw failure;
      return undefined;
    },
    has(kid) {
      renewWhenOld();
      return keys?.has(kid) ?? false;
    },
    changed() {
      // A reading that is under way may have begun before the change.
      if (running) void running.then(renew, renew);
      else if (keys) renew();
    },
  };
}

async function importKeys(document: unknown): Promise<Map<string, TokenKey>> {
  const { keys } = jwksSchema.parse(document);
  const imported = keys.map(async ({ kid, n, e }): Promise<[string, TokenKey]> => [kid, await importKey(n, e)]);
  return new Map(await Promise.all(imported));
}

/** The members of a public RSA key only, whatever else the entry says: the algorithm is ours to choose. */
async function importKey(n: string, e: string): Promise<TokenKey> {
  const key = await importJWK({ kty: 'RSA', n, e }, 'RS256');
  if (key instanceof Uint8Array) throw new Error('The JWKS holds something that is no public key.');
  return { publicKey: KeyObject.from(key), algorithm: 'RS256' };
}

function notRead(cause: unknown): AppError {
  return new AppError('dependency_unavailable', 503, 'Tokens cannot be checked now; try again shortly.', {
    headers: { 'retry-after': String(RETRY_AFTER_SECONDS) },
    cause,
  });
}
