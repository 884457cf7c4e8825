import { createPrivateKey, type KeyObject } from 'node:crypto';
import { readOrigin, readServerUrl } from './server-url.ts';
import type { L1Store } from './store/l1-store.ts';
import { createMemoryStore } from './store/memory-store.ts';

export interface SigningKey {
  /** RSA of 2048 bits or more, PKCS#8 or PKCS#1 in PEM. Its public half is registered at L2: `artdag-admin l1 set-key`. */
  privateKeyPem: string;
  /** Default `{publicUrl}#main-key`. */
  keyId?: string;
}

/** What L2 has declared dead, as the `onRevoked` hook gets it. */
export interface Revoked {
  l2Server: string;
  username: string;
  /** Undefined: every token that the user got up to `at`. */
  jti: string | undefined;
  tokenHash: string | undefined;
  reason: string;
  at: Date;
}

export interface L1KitOptions {
  /** This L1 as L2 has it in its list, and as browsers reach it: `https://render.example`. */
  publicUrl: string;
  /** The L2s whose people may come in. */
  l2Servers: readonly string[];
  /** Default: in this process, so that a restart signs everybody out and forgets revocations. */
  store?: L1Store;
  /** Signs what is sent to L2. Needed where L2 has `L1_REQUIRE_SIGNED_VERIFY=true`. */
  signing?: SigningKey;
  /** How often L2 is asked again whether a token is still good. Default 5 minutes; 0 is at every request. */
  recheckMs?: number;
  /** For how long a token counts as good after L2 last said so, while L2 does not answer. Default 1 hour; 0 is not at all. */
  staleMs?: number;
  /** Default 5,000. */
  timeoutMs?: number;
  /** Where a browser lands after it came in, unless `return_to` names another local path. Default `/`. */
  landingPath?: string;
  /** Default `l1_session`. */
  cookieName?: string;
  /** Called once for each new revocation, after it is in force. What it throws goes to `onError`. */
  onRevoked?: (revoked: Revoked) => void | Promise<void>;
  /** Faults that nobody's answer shows. Never holds a token. */
  onError?: (error: unknown) => void;
  now?: () => Date;
  fetch?: typeof globalThis.fetch;
}

export interface Settings extends Required<Omit<L1KitOptions, 'signing' | 'onRevoked' | 'l2Servers'>> {
  l2Servers: ReadonlySet<string>;
  signing: { keyId: string; key: KeyObject } | undefined;
  onRevoked: NonNullable<L1KitOptions['onRevoked']>;
}

/** The options with every default. Throws TypeError that names what is wrong. */
export function readOptions(o: L1KitOptions): Settings {
  const publicUrl = readOrigin('publicUrl', o.publicUrl);
  const l2Servers = new Set(o.l2Servers.map((url) => readServerUrl('l2Servers', url)));
  if (l2Servers.size === 0) throw new TypeError('l2Servers: is empty, wants the address of at least one L2');
  return {
    publicUrl,
    l2Servers,
    store: o.store ?? createMemoryStore(),
    signing: o.signing && {
      keyId: `${publicUrl}#main-key`,
      ...o.signing,
      key: readSigningKey(o.signing.privateKeyPem),
    },
    recheckMs: readMs('recheckMs', o.recheckMs ?? 300_000),
    staleMs: readMs('staleMs', o.staleMs ?? 3_600_000),
    timeoutMs: readMs('timeoutMs', o.timeoutMs ?? 5000),
    landingPath: o.landingPath ?? '/',
    cookieName: readName(o.cookieName ?? 'l1_session'),
    onRevoked: o.onRevoked ?? (() => {}),
    onError: o.onError ?? (() => {}),
    now: o.now ?? (() => new Date()),
    fetch: o.fetch ?? globalThis.fetch,
  };
}

function readSigningKey(pem: string): KeyObject {
  const wanted = 'signing.privateKeyPem: wants an RSA private key of 2048 bits or more, in PEM';
  try {
    const key = createPrivateKey(pem);
    if (key.asymmetricKeyType === 'rsa' && (key.asymmetricKeyDetails?.modulusLength ?? 0) >= 2048) return key;
  } catch {
    // Whatever it was, it is not repeated: it may be most of a key.
  }
  throw new TypeError(wanted);
}

function readMs(name: string, value: number): number {
  if (Number.isFinite(value) && value >= 0) return value;
  throw new TypeError(`${name}: got ${value}, wants a number of milliseconds`);
}

function readName(name: string): string {
  if (/^[A-Za-z0-9_-]{1,64}$/.test(name)) return name;
  throw new TypeError(`cookieName: got "${name}", wants letters, digits, _ and -`);
}
