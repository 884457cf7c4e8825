import { type KeyObject, generateKeyPair } from 'node:crypto';
import { promisify } from 'node:util';
import { AppError, RETRY_AFTER_SECONDS, type Logger, createLoop } from '@artdag/service-kit';
import { type JWK, calculateJwkThumbprint } from 'jose';
import { LRUCache } from 'lru-cache';
import { type Assertion, serviceAssertion } from './assertion.ts';
import { ASSERTION_ALGORITHM, ASSERTION_SECONDS, signToken } from './assertion-token.ts';
import { registerKey } from './auth-client.ts';

export interface AssertionSignerOptions {
  service: string;
  serviceKey: string;
  authUrl: string;
  logger: Logger;
  now?: () => Date;
  /** How often the key is registered again; default 2 min. */
  registerEveryMs?: number;
}

export interface AssertionSigner {
  /** Makes the key pair off the event loop and begins to register it with auth; resolves when the pair exists. */
  start(): Promise<void>;
  /** Whether auth knows the key, for /readyz. */
  readonly registered: boolean;
  /** Resolves when auth knows the key. */
  ready(): Promise<void>;
  stop(): Promise<void>;
  /**
   * A token for `audience`, the same one for the same `cacheKey` until 15 s before it expires. The key stands for all
   * that `assertion` says: the credential's id and whatever else in it may change. Waits up to 5 s for the key to be
   * registered, as nobody could verify it before, then throws AppError 503 `dependency_unavailable`.
   */
  sign(audience: string, assertion: Assertion, cacheKey: string): Promise<string>;
  /** The token that `sign` would repeat, if there is one: nobody waits for what is there. */
  signed(audience: string, cacheKey: string): string | undefined;
  /** A token with which this service speaks for itself. */
  forService(audience: string): Promise<string>;
}

/**
 * For `/readyz`: rejects until auth has taken the key. Once it has, always good, as auth may go away later. Critical for a service that can answer
 * nothing without auth.
 */
export function assertionKeyCheck(signer: Pick<AssertionSigner, 'registered'>): () => Promise<void> {
  return async () => {
    if (!signer.registered) throw new Error('auth has not yet taken our assertion key');
  };
}

interface Signing {
  kid: string;
  jwk: JWK;
  privateKey: KeyObject;
}

const RENEW_BEFORE_MS = 15_000;
const MEMO_CHARS = 32 * 1024 * 1024;
const REGISTER_EVERY_MS = 120_000;
const REGISTER_RETRY_MS = 5000;
const READY_WAIT_MS = 5000;

const makeKeyPair = promisify(generateKeyPair);

/** Signs internal assertions (credentials.md section 4) with a key of this process, which auth publishes. */
export function createAssertionSigner(o: AssertionSignerOptions): AssertionSigner {
  const now = o.now ?? (() => new Date());
  const memo = createTokenMemo(now);
  let registered = false;
  let markRegistered: () => void = () => undefined;
  const registration = new Promise<void>((resolve) => {
    markRegistered = resolve;
  });
  let signing: Promise<Signing> | undefined;

  const self = serviceAssertion(o.service);
  const loop = createLoop({
    name: 'register assertion key',
    everyMs: o.registerEveryMs ?? REGISTER_EVERY_MS,
    maxBackoffMs: REGISTER_RETRY_MS,
    logger: o.logger,
    // Repeated, as auth may have lost it with its database, and as a key lives for a day only.
    run: async () => {
      const { kid, jwk } = await started();
      await registerKey({ ...o, kid, jwk, now: now() });
      registered = true;
      markRegistered();
    },
  });

  const started = (): Promise<Signing> => {
    if (signing === undefined) throw new Error('The assertion signer was not started');
    return signing;
  };

  const sign = async (audience: string, assertion: Assertion, cacheKey: string): Promise<string> => {
    const key = memoKey(audience, cacheKey);
    const remembered = memo.get(key);
    if (remembered !== undefined) return remembered;
    const { kid, privateKey } = await started();
    if (!registered) await waitUntilRegistered(registration);
    const token = signToken(assertion, { service: o.service, audience, kid, privateKey, now: now() });
    memo.set(key, token);
    return token;
  };

  return {
    async start() {
      signing ??= makeSigning();
      await signing;
      loop.start();
    },
    get registered() {
      return registered;
    },
    ready: () => registration,
    stop: () => loop.stop(),
    sign,
    signed: (audience, cacheKey) => memo.get(memoKey(audience, cacheKey)),
    forService: (audience) => sign(audience, self, self.actor.actor_id),
  };
}

function memoKey(audience: string, cacheKey: string): string {
  return `${audience}\n${cacheKey}`;
}

async function makeSigning(): Promise<Signing> {
  const { publicKey, privateKey } = await makeKeyPair('rsa', { modulusLength: 2048 });
  const { kty, n, e } = publicKey.export({ format: 'jwk' }) as { kty: 'RSA'; n: string; e: string };
  const kid = await calculateJwkThumbprint({ kty, n, e });
  return { kid, jwk: { kty, n, e, kid, alg: ASSERTION_ALGORITHM, use: 'sig' }, privateKey };
}

function createTokenMemo(now: () => Date) {
  const tokens = new LRUCache<string, { token: string; until: number }>({
    maxSize: MEMO_CHARS,
    sizeCalculation: ({ token }, key) => token.length + key.length,
  });
  return {
    get(key: string): string | undefined {
      const entry = tokens.get(key);
      return entry !== undefined && now().getTime() < entry.until ? entry.token : undefined;
    },
    set(key: string, token: string): void {
      tokens.set(key, { token, until: now().getTime() + ASSERTION_SECONDS * 1000 - RENEW_BEFORE_MS });
    },
  };
}

async function waitUntilRegistered(registration: Promise<void>): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const tooLate = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(notRegistered()), READY_WAIT_MS);
  });
  await Promise.race([registration, tooLate]).finally(() => clearTimeout(timer));
}

function notRegistered(): AppError {
  return new AppError('dependency_unavailable', 503, 'Internal calls are not possible yet: auth does not answer.', {
    headers: { 'retry-after': String(RETRY_AFTER_SECONDS) },
  });
}
