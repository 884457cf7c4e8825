import { composeSigningString } from './signing-string.ts';

export interface Signing {
  method: string;
  url: URL;
  /** All that will be sent, lower-case; `digest` among them where there is a body. */
  headers: Readonly<Record<string, string>>;
  keyId: string;
  sign: (bytes: Buffer) => Promise<Buffer>;
}

/** Signs by draft-cavage, rsa-sha256, and answers the `signature` header. */
export async function signByDraftCavage({ method, url, headers, keyId, sign }: Signing): Promise<string> {
  const optional = ['digest', 'content-type'].filter((name) => name in headers);
  const covered = ['(request-target)', 'host', 'date', ...optional];
  const target = { method, originalUrl: `${url.pathname}${url.search}` };
  const signingString = composeSigningString(covered, target, (name) => headers[name]?.trim() ?? '');
  const signature = (await sign(Buffer.from(signingString, 'ascii'))).toString('base64');
  const parameters = { keyId, algorithm: 'rsa-sha256', headers: covered.join(' '), signature };
  return Object.entries(parameters)
    .map(([name, value]) => `${name}="${value}"`)
    .join(',');
}
