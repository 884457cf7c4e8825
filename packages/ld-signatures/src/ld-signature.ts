import { verify } from 'node:crypto';
import { canonicalHash } from './canonical-hash.ts';

type Json = Record<string, unknown>;

/** What is signed beside the document. */
export interface SignatureOptions {
  /** Id of the RSA key, `{ap_id}#main-key`. */
  creator: string;
  /** ISO 8601. */
  created: string;
}

export interface SignOptions extends SignatureOptions {
  /** RSASSA-PKCS1-v1_5 with SHA-256 over these bytes. */
  sign: (bytes: Buffer) => Promise<Buffer>;
}

const optionsContext = 'https://w3id.org/identity/v1';

/**
 * The text that an RsaSignature2017 signs: the hash of its options, then that of the document without `signature`; 128 ASCII characters. Rejects with
 * NotCanonical.
 */
export async function bytesToSign(document: Json, { creator, created }: SignatureOptions): Promise<Buffer> {
  const { signature: _, ...unsigned } = document;
  const options = await canonicalHash({ '@context': optionsContext, creator, created });
  return Buffer.from(options + (await canonicalHash(unsigned)), 'ascii');
}

/**
 * The document with a Linked Data Signature for its last member, in the place of one that it had. Rejects with NotCanonical, and with whatever
 * `sign` rejects with.
 */
export async function signDocument(document: Json, { creator, created, sign }: SignOptions): Promise<Json> {
  const { signature: _, ...unsigned } = document;
  const value = await sign(await bytesToSign(unsigned, { creator, created }));
  const signatureValue = value.toString('base64');
  return { ...unsigned, signature: { type: 'RsaSignature2017', creator, created, signatureValue } };
}

/**
 * Whether the document's RsaSignature2017 was made with the key. For documents of our own: what strangers send is not to be canonicalised. False, too, for what has no
 * canonical form.
 *
 * @param publicKeyPem SubjectPublicKeyInfo of an RSA key
 */
export async function verifyDocument(document: Json, publicKeyPem: string): Promise<boolean> {
  const { type, creator, created, signatureValue } = (document['signature'] ?? {}) as Json;
  if (type !== 'RsaSignature2017' || [creator, created, signatureValue].some((each) => typeof each !== 'string'))
    return false;
  try {
    const bytes = await bytesToSign(document, { creator: String(creator), created: String(created) });
    return verify('sha256', bytes, publicKeyPem, Buffer.from(String(signatureValue), 'base64'));
  } catch {
    return false;
  }
}
