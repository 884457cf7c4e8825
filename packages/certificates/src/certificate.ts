import { CertificateError } from './certificate-error.ts';
import { bytesOf, isObject, member, textMember } from './read-json.ts';

/** What a key leaf of the log commits to, and where it stands. */
export interface LoggedKey {
  /** Canonical JSON: the key's entry in the actor document, for an end with `expires` or `revoked`. */
  document: string;
  /** Verbatim. */
  leaf: string;
  index: number;
  /** From the leaf's sibling up to the checkpoint's root, 32 bytes each. */
  hashes: Uint8Array[];
}

/** That the checkpoint existed before a block of the Bitcoin chain. */
export interface CertificateAnchor {
  /** A `.ots` file of the checkpoint with the log's own signature line. */
  ots: Uint8Array;
  /** Height of the first header; null while no block attests. */
  blockHeight: number | null;
  /** 80 bytes each: the block that attests, then those on top of it. */
  blockHeaders: Uint8Array[];
}

/** That a claim was made, by whom, and since when: all that a verifier needs, without asking anybody. */
export interface Certificate {
  /** The signed activity (FEP-8b32). */
  activity: Record<string, unknown>;
  /** 32 bytes: with the activity it makes the leaf's commitment. */
  salt: Uint8Array;
  /** The claim's leaf, verbatim. */
  leaf: string;
  /** C2SP tlog-proof: the leaf's inclusion, and the signed checkpoint. */
  tlogProof: string;
  /** The log's key as its server names it (vkey). Worth something only to whom trusts it for another reason. */
  logKey: string;
  /** The introduction of the key that signed the activity. */
  key: LoggedKey;
  /** Its end, if it has one. */
  keyEnd: LoggedKey | null;
  anchor: CertificateAnchor | null;
}

export const certificateFormat = 'artdag-certificate/v1';
const maxCharacters = 256 * 1024;
const saltBytes = 32;
const hashBytes = 32;
const headerBytes = 80;
const maxHashes = 64;
const maxHeaders = 144;

/** The JSON text of a certificate. */
export function writeCertificate(certificate: Certificate): string {
  const { activity, salt, leaf, tlogProof, logKey, key, keyEnd, anchor } = certificate;
  return `${JSON.stringify(
    {
      format: certificateFormat,
      ...{ activity, salt: base64(salt), leaf, tlog_proof: tlogProof, log_key: logKey },
      key: keyJson(key),
      key_end: keyEnd && keyJson(keyEnd),
      anchor: anchor && {
        ots: base64(anchor.ots),
        block_height: anchor.blockHeight,
        block_headers: anchor.blockHeaders.map((header) => Buffer.from(header).toString('hex')),
      },
    },
    null,
    1,
  )}\n`;
}

const base64 = (bytes: Uint8Array): string => Buffer.from(bytes).toString('base64');

function keyJson({ document, leaf, index, hashes }: LoggedKey): object {
  return { document, leaf, index, hashes: hashes.map(base64) };
}

/**
 * Reads a certificate. What it says is not checked, only its form; members that it does not know are left aside.
 *
 * @throws CertificateError when it is none, or of another version
 */
export function readCertificate(text: string): Certificate {
  if (text.length > maxCharacters) throw new CertificateError('It is too large: a certificate has some 5 KB.');
  const value = parse(text);
  if (!isObject(value) || value['format'] !== certificateFormat) {
    throw new CertificateError(`It is no ownership certificate (${certificateFormat}).`);
  }
  const { activity, anchor, key_end: keyEnd } = value;
  if (!isObject(activity)) throw new CertificateError('"activity" is not an object.');
  return {
    activity,
    salt: bytesOf(textMember(value, 'salt'), 'base64', saltBytes, 'salt'),
    leaf: textMember(value, 'leaf'),
    tlogProof: textMember(value, 'tlog_proof'),
    logKey: textMember(value, 'log_key'),
    key: readKey(value['key'], 'key'),
    keyEnd: keyEnd === null || keyEnd === undefined ? null : readKey(keyEnd, 'key_end'),
    anchor: anchor === null || anchor === undefined ? null : readAnchor(anchor),
  };
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new CertificateError('It is not JSON.');
  }
}

function readKey(value: unknown, name: string): LoggedKey {
  if (!isObject(value)) throw new CertificateError(`"${name}" is not an object.`);
  const index = member(value, 'index');
  if (!isCount(index)) throw new CertificateError(`"${name}.index" is no whole number.`);
  const hashes = texts(value['hashes'], maxHashes, `${name}.hashes`);
  return {
    document: textMember(value, 'document'),
    leaf: textMember(value, 'leaf'),
    index,
    hashes: hashes.map((hash) => bytesOf(hash, 'base64', hashBytes, `${name}.hashes`)),
  };
}

function readAnchor(value: unknown): CertificateAnchor {
  if (!isObject(value)) throw new CertificateError('"anchor" is not an object.');
  const height = member(value, 'block_height');
  if (height !== null && !isCount(height)) throw new CertificateError('"anchor.block_height" is no whole number.');
  const headers = texts(value['block_headers'], maxHeaders, 'anchor.block_headers');
  return {
    ots: bytesOf(textMember(value, 'ots'), 'base64', undefined, 'anchor.ots'),
    blockHeight: height,
    blockHeaders: headers.map((header) => bytesOf(header, 'hex', headerBytes, 'anchor.block_headers')),
  };
}

function isCount(value: unknown): value is number {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0;
}

function texts(value: unknown, most: number, name: string): string[] {
  if (Array.isArray(value) && value.length <= most && value.every((each) => typeof each === 'string')) return value;
  throw new CertificateError(`"${name}" is no list of at most ${most} texts.`);
}
