/** The value of the `Authorization` header. @param signature 64 bytes */
export function formatCredentials(o: {
  handle: string;
  ts: number;
  signature: Buffer;
  /** A fingerprint, for a handle with several keys. */
  kid?: string;
  /** Whether to name the algorithm. */
  alg?: boolean;
}): string {
  const kid = o.kid === undefined ? '' : ` kid="${o.kid}"`;
  const alg = o.alg === true ? ' alg="ed25519"' : '';
  return `MSign handle="${o.handle}" ts=${o.ts} sig="${o.signature.toString('base64url')}"${alg}${kid}`;
}
