import { decodeBase64 } from './base64.ts';
import { normaliseFingerprint } from './fingerprint.ts';
import { signatureBytes } from './public-key.ts';

/** What an `Authorization: MSign …` header says. */
export interface MSignCredentials {
  /** In lower case. */
  handle: string;
  /** Unix seconds. */
  ts: number;
  /** 64 bytes. */
  signature: Buffer;
  /** Whether the header names its algorithm; one that does is never read as the legacy form. */
  namesAlgorithm: boolean;
  /** The fingerprint of the key, with its prefix. */
  kid: string | undefined;
}

/** The header is not one of MSign. The message says why, and holds nothing of it. */
export class MSignMalformed extends Error {
  override readonly name = 'MSignMalformed';
}

const maxBytes = 2048;
/** A parameter (RFC 9110 §11.2: name = token or quoted string, without escapes), and what stands between two. */
const parameter = /([A-Za-z][A-Za-z0-9_-]*)=(?:"([\x21\x23-\x5b\x5d-\x7e]*)"|([A-Za-z0-9._~+/:=-]+))/y;
const separator = /[ ,]+/y;

/**
 * Reads what follows the scheme. Parameters come in any order; those that we do not know are passed over, one that comes twice is refused.
 *
 * @throws MSignMalformed
 */
export function parseCredentials(text: string): MSignCredentials {
  if (text.length > maxBytes) throw new MSignMalformed(`it is longer than ${maxBytes} bytes`);
  const parameters = readParameters(text);
  const algorithm = parameters.get('alg');
  if (algorithm !== undefined && algorithm !== 'ed25519') throw new MSignMalformed('alg is not ed25519');
  return {
    handle: handleOf(parameters.get('handle')),
    ts: timeOf(parameters.get('ts')),
    signature: signatureOf(parameters.get('sig')),
    namesAlgorithm: algorithm !== undefined,
    kid: kidOf(parameters.get('kid')),
  };
}

function readParameters(text: string): Map<string, string> {
  const found = new Map<string, string>();
  let at = 0;
  while (at < text.length) {
    parameter.lastIndex = at;
    const [whole, name = '', quoted, token = ''] = parameter.exec(text) ?? [];
    if (whole === undefined) throw new MSignMalformed('its parameters are not name="value"');
    const key = name.toLowerCase();
    if (found.has(key)) throw new MSignMalformed('a parameter comes twice');
    found.set(key, quoted ?? token);
    at += whole.length;
    if (at === text.length) break;
    separator.lastIndex = at;
    const between = separator.exec(text);
    if (between === null) throw new MSignMalformed('its parameters are not separated by spaces or commas');
    at += between[0].length;
  }
  return found;
}

function handleOf(text: string | undefined): string {
  if (text === undefined || !/^[A-Za-z0-9][A-Za-z0-9-]{0,63}$/.test(text))
    throw new MSignMalformed('handle is not one');
  return text.toLowerCase();
}

function timeOf(text: string | undefined): number {
  // In its one decimal form, since the signed text has the number.
  if (text === undefined || !/^(?:0|[1-9]\d{0,11})$/.test(text)) throw new MSignMalformed('ts is not in seconds');
  return Number(text);
}

function signatureOf(text: string | undefined): Buffer {
  const signature = text === undefined ? undefined : decodeBase64(text);
  if (signature?.length !== signatureBytes) throw new MSignMalformed(`sig is not ${signatureBytes} bytes in base64url`);
  return signature;
}

function kidOf(text: string | undefined): string | undefined {
  if (text === undefined) return undefined;
  const kid = normaliseFingerprint(text.toLowerCase());
  if (kid === undefined) throw new MSignMalformed('kid is not a fingerprint');
  return kid;
}
