import { AppError, RETRY_AFTER_SECONDS, type Logger } from '@artdag/service-kit';
import jwt from 'jsonwebtoken';
import { LRUCache } from 'lru-cache';
import { type Assertion, SERVICE_METHOD, assertionSchema, serviceActorId } from './assertion.ts';
import { ASSERTION_SECONDS, ASSERTION_TOKEN_USE, ASSERTION_TYPE, LEEWAY_SECONDS, issuerOf } from './assertion-token.ts';
import { type InternalJwk, type KeyRecord, parseKeySet } from './key-set.ts';
import { createKeySource } from './key-source.ts';
import { fetchKeys } from './auth-client.ts';
import { invalidAssertion } from './refusals.ts';

export interface AssertionVerifierOptions {
  /** The service that verifies: assertions made for another are refused. */
  service: string;
  authUrl: string;
  logger: Logger;
  now?: () => Date;
  /** Where the public keys come from, instead of auth's /internal/auth/jwks. */
  loadKeys?: () => Promise<InternalJwk[]>;
}

export interface AssertionVerifier {
  /**
   * What a token (the value of X-Actor-Assertion) asserts. Throws AppError 401 `invalid_assertion` when it is not to be
   * trusted, 503 `dependency_unavailable` when the keys to tell cannot be read.
   */
  verify(token: string): Promise<Assertion>;
}

const MAX_TOKEN_CHARS = 16 * 1024;
const MEMO_CHARS = 32 * 1024 * 1024;
/** The service whose keys may sign for actors. */
const GATEWAY = 'gateway';

interface Verified {
  assertion: Assertion;
  expiresAtMs: number;
}

/** Verifies internal assertions (RS256 JWTs, credentials.md section 4) and remembers them until they expire. */
export function createAssertionVerifier(o: AssertionVerifierOptions): AssertionVerifier {
  const now = o.now ?? (() => new Date());
  const load = o.loadKeys ?? (() => fetchKeys(o.authUrl));
  const keys = createKeySource({ now, load: async () => parseKeySet({ keys: await load() }) });
  const memo = new LRUCache<string, Verified>({
    maxSize: MEMO_CHARS,
    maxEntrySize: MAX_TOKEN_CHARS,
    sizeCalculation: (_value, token) => token.length,
  });

  const findKey = async (kid: string): Promise<KeyRecord | undefined> => {
    try {
      return await keys.find(kid);
    } catch (cause) {
      o.logger.warn('cannot read the assertion keys from auth', { error: cause });
      throw new AppError('dependency_unavailable', 503, 'The keys of internal assertions cannot be read now.', {
        headers: { 'retry-after': String(RETRY_AFTER_SECONDS) },
        cause,
      });
    }
  };

  return {
    async verify(token) {
      const remembered = memo.get(token);
      if (remembered !== undefined) {
        if (now().getTime() < remembered.expiresAtMs) return remembered.assertion;
        memo.delete(token);
      }
      if (token.length > MAX_TOKEN_CHARS) throw invalidAssertion('too long');
      const record = await findKey(kidOf(token));
      if (record === undefined) throw invalidAssertion('unknown key');
      const verified = verifyWith(record, token, o.service, now());
      memo.set(token, verified);
      return verified.assertion;
    },
  };
}

function kidOf(token: string): string {
  const header = headerOf(token);
  if (header?.kid === undefined || header.typ !== ASSERTION_TYPE) throw invalidAssertion('not an internal assertion');
  return header.kid;
}

function headerOf(token: string): jwt.JwtHeader | undefined {
  try {
    return jwt.decode(token, { complete: true })?.header;
  } catch {
    return undefined;
  }
}

function verifyWith(record: KeyRecord, token: string, audience: string, now: Date): Verified {
  const payload = verifySignature(record, token, audience, now);
  const { exp, iat, aud } = payload;
  if (exp === undefined || iat === undefined || exp - iat > ASSERTION_SECONDS) throw invalidAssertion('lives too long');
  if (iat > now.getTime() / 1000 + LEEWAY_SECONDS) throw invalidAssertion('from the future');
  if (typeof aud !== 'string' || payload['token_use'] !== ASSERTION_TOKEN_USE) throw invalidAssertion('wrong kind');
  const parsed = assertionSchema.safeParse(payload['assertion']);
  if (!parsed.success) throw invalidAssertion('wrong shape');
  if (!maySign(record.service, parsed.data)) throw invalidAssertion('its signer may not speak for this actor');
  return { assertion: frozen(parsed.data), expiresAtMs: exp * 1000 };
}

function verifySignature(record: KeyRecord, token: string, audience: string, now: Date): jwt.JwtPayload {
  try {
    const payload = jwt.verify(token, record.key, {
      algorithms: [record.algorithm],
      audience,
      issuer: issuerOf(record.service),
      clockTimestamp: Math.floor(now.getTime() / 1000),
      clockTolerance: LEEWAY_SECONDS,
    });
    if (typeof payload === 'string') throw invalidAssertion('wrong shape');
    return payload;
  } catch (error) {
    throw error instanceof jwt.JsonWebTokenError ? invalidAssertion(error.message) : error;
  }
}

/** Every request of the caller gets the same object for a minute: none may change it for the next. */
function frozen(assertion: Assertion): Assertion {
  const { actor, scopes } = assertion;
  for (const part of [actor.microdao_ids, actor.roles, actor, scopes]) Object.freeze(part);
  return Object.freeze(assertion);
}

/** A service signs as itself; the gateway alone signs for others, and never as another service itself. */
function maySign(signer: string, assertion: Assertion): boolean {
  if (assertion.method === SERVICE_METHOD) return assertion.actor.actor_id === serviceActorId(signer);
  return signer === GATEWAY;
}
