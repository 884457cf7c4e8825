import { readRawHeaders } from '../raw-headers.ts';
import type { SignatureRequest } from '../types.ts';
import { normalAuthority, type Message } from './message.ts';
import { signatureBase } from './signature-base.ts';
import { parseDictionary, stringText } from './structured-fields.ts';

const lifetimeSeconds = 300;

export interface Signing {
  method: string;
  url: URL;
  /** All that will be sent, lower-case; `content-digest` among them where there is a body. */
  headers: Readonly<Record<string, string>>;
  keyId: string;
  date: Date;
  wanted: SignatureRequest | undefined;
  sign: (bytes: Buffer) => Promise<Buffer>;
}

/**
 * Signs by RFC 9421 with rsa-v1_5-sha256 and answers `signature-input` and `signature`. The method, the whole target and the digest are covered
 * whatever is wanted: a server that asks for less would get a signature that it could use elsewhere.
 */
export async function signByRfc9421(s: Signing): Promise<{ 'signature-input': string; signature: string }> {
  const label = s.wanted?.label ?? 'sig1';
  const parsed = parseDictionary(`${label}=${inputText(s)}`).get(label);
  if (parsed?.kind !== 'list') throw new TypeError('The signature input is no list.');
  const signature = await s.sign(Buffer.from(signatureBase(parsed, messageOf(s)), 'ascii'));
  return { 'signature-input': `${label}=${inputText(s)}`, signature: `${label}=:${signature.toString('base64')}:` };
}

function inputText({ headers, keyId, date, wanted }: Signing): string {
  const own = ['@method', '@target-uri', ...['content-digest', 'content-type'].filter((name) => name in headers)];
  const covered = [...new Set([...(wanted?.components ?? []), ...own])];
  const created = Math.floor(date.getTime() / 1000);
  const parameters = [
    `created=${created}`,
    ...(wanted?.expires === true ? [`expires=${created + lifetimeSeconds}`] : []),
    `keyid=${stringText(keyId)}`,
    'alg="rsa-v1_5-sha256"',
    ...(wanted?.nonce === undefined ? [] : [`nonce=${stringText(wanted.nonce)}`]),
    ...(wanted?.tag === undefined ? [] : [`tag=${stringText(wanted.tag)}`]),
  ];
  return `(${covered.map(stringText).join(' ')});${parameters.join(';')}`;
}

function messageOf({ method, url, headers }: Signing): Message {
  const scheme = url.protocol === 'http:' ? 'http' : 'https';
  return {
    method: method.toUpperCase(),
    scheme,
    authority: normalAuthority(url.host, scheme),
    target: `${url.pathname}${url.search}`,
    headers: readRawHeaders(Object.entries(headers).flat()),
  };
}
