import { createHash, sign, type KeyObject } from 'node:crypto';

export type Scheme = 'draft-cavage' | 'rfc9421';
/** In order; a name may come twice. */
export type Headers = [name: string, value: string][];

export interface Signing {
  scheme: Scheme;
  keyId: string;
  privateKey: KeyObject;
  /** Of the inbox, as the sender knows it. */
  url: string;
  body: Buffer;
  /** What is signed in place of the time it is. */
  date?: Date;
  /** Names of what the signature covers, without quotes. */
  covered?: readonly string[];
  /** In place of `;created=…;keyid="…"` or of `keyId="…",algorithm="rsa-sha256"`. */
  parameters?: string;
  /** Replaces or adds headers before signing; what is undefined is left out. */
  headers?: Record<string, string | undefined>;
}

const sha256 = (body: Buffer): string => createHash('sha256').update(body).digest('base64');

/** By an RSA key with SHA-256, or an Ed25519 key; base64. */
const signText = (text: string, key: KeyObject): string =>
  sign(key.asymmetricKeyType === 'ed25519' ? null : 'sha256', Buffer.from(text, 'latin1'), key).toString('base64');

const given = (headers: Record<string, string | undefined>): Headers =>
  Object.entries(headers).filter((pair): pair is [string, string] => pair[1] !== undefined);

/** The headers of a signed POST, made without any code of the suite's own, so that a mistake of its signer cannot hide one of its verifier. */
export function signByHand(s: Signing): Headers {
  return s.scheme === 'rfc9421' ? signByRfc9421(s) : signByDraftCavage(s);
}

function signByDraftCavage(s: Signing): Headers {
  const { host, pathname, search } = new URL(s.url);
  const headers: Record<string, string | undefined> = {
    host,
    date: (s.date ?? new Date()).toUTCString(),
    digest: `SHA-256=${sha256(s.body)}`,
    'content-type': 'application/activity+json',
    ...s.headers,
  };
  const covered = s.covered ?? ['(request-target)', 'host', 'date', 'digest'];
  const parameters = s.parameters ?? `keyId="${s.keyId}",algorithm="rsa-sha256"`;
  const derived: Record<string, string | undefined> = {
    '(request-target)': `post ${pathname}${search}`,
    '(created)': /created=(\d+)/.exec(parameters)?.[1],
    '(expires)': /expires=(\d+)/.exec(parameters)?.[1],
  };
  const text = covered.map((name) => `${name}: ${derived[name] ?? headers[name]}`).join('\n');
  const signature = `${parameters},headers="${covered.join(' ')}",signature="${signText(text, s.privateKey)}"`;
  return [...given(headers), ['signature', signature]];
}

function signByRfc9421(s: Signing): Headers {
  const { host, origin, pathname, search } = new URL(s.url);
  const headers: Record<string, string | undefined> = {
    host,
    'content-digest': `sha-256=:${sha256(s.body)}:`,
    'content-type': 'application/activity+json',
    ...s.headers,
  };
  const covered = s.covered ?? ['@method', '@target-uri', 'content-digest'];
  const created = Math.floor((s.date ?? new Date()).getTime() / 1000);
  const parameters = s.parameters ?? `;created=${created};keyid="${s.keyId}"`;
  const input = `(${covered.map((name) => `"${name}"`).join(' ')})${parameters}`;
  const derived: Record<string, string> = { '@method': 'POST', '@target-uri': `${origin}${pathname}${search}` };
  const lines = covered.map((name) => `"${name}": ${derived[name] ?? headers[name]}`);
  const base = [...lines, `"@signature-params": ${input}`].join('\n');
  return [
    ...given(headers),
    ['signature-input', `sig1=${input}`],
    ['signature', `sig1=:${signText(base, s.privateKey)}:`],
  ];
}
