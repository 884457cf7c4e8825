import type { IncomingHttpHeaders } from 'node:http';

/** draft-cavage-http-signatures-12, or RFC 9421. */
export type SignatureScheme = 'draft-cavage' | 'rfc9421';

export interface SignRequestOptions {
  /** `draft-cavage` by default. */
  scheme?: SignatureScheme;
  method: string;
  /** Absolute. Its host becomes the `host` header, its path and query the request target. */
  url: string;
  /** The exact bytes that will be sent. */
  body?: Buffer;
  keyId: string;
  /** Further headers of the request; a `content-type` among them is signed too. */
  headers?: Readonly<Record<string, string>>;
  /** What the other side asked a signature by RFC 9421 to be like (`fulfillableRequest`). */
  wanted?: SignatureRequest | undefined;
  date: Date;
  /** RSASSA-PKCS1-v1_5 with SHA-256 over these bytes, by the key of `keyId`. */
  sign: (bytes: Buffer) => Promise<Buffer>;
}

/** A member of `Accept-Signature` (RFC 9421 §5.1). */
export interface SignatureRequest {
  label: string;
  /** Names of components, all without parameters. */
  components: readonly string[];
  expires: boolean;
  nonce: string | undefined;
  tag: string | undefined;
}

export interface PublicKeyOfOwner {
  /** RSA or Ed25519: SubjectPublicKeyInfo (`PUBLIC KEY`), or PKCS#1 (`RSA PUBLIC KEY`). */
  publicKeyPem: string;
  /** Id of the actor that the key belongs to. */
  owner: string;
}

/** Finds a key. With `fresh` a cached one will not do: it did not verify, and may have been rotated. */
export type KeySource = (keyId: string, o: { fresh: boolean }) => Promise<PublicKeyOfOwner>;

/** A request as node:http has read it. */
export interface ReceivedRequest {
  method: string;
  /** The request target as sent: Express shortens `req.url` inside mounted routers, `req.originalUrl` stays whole. */
  originalUrl: string;
  headers: IncomingHttpHeaders;
  /** What is checked: `headers` has already dropped or joined whatever was sent twice. */
  rawHeaders: readonly string[];
}

export interface VerifyRequestOptions extends ReceivedRequest {
  /** The bytes as received, before any parsing or re-encoding. */
  body: Buffer;
  now: Date;
  key: KeySource;
  /**
   * The hosts that we answer to, e.g. `['l2.example.com']`. Give them wherever strangers sign: without, whoever was sent a signed
   * request can pass it on to us within its lifetime, as the signature only proves that it was meant for the host named in it.
   */
  authorities?: readonly string[];
  /** Of our own URL, which a signature by RFC 9421 may cover and no header says; `https` by default. */
  scheme?: 'https' | 'http';
  /** Which of several good signatures to take; the first by default. */
  prefers?: (keyId: string) => boolean;
}

export interface VerifiedRequest {
  keyId: string;
  owner: string;
}

/** A signature of which everything is checked that can be without the key. What every scheme has in common from here on. */
export interface Candidate {
  keyId: string;
  /** Throws SignatureError for a key that must not be used with this signature. */
  verifies(publicKeyPem: string): boolean;
}
