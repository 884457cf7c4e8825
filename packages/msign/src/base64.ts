/**
 * The bytes of base64 text (RFC 4648 §4 or §5: standard or url-safe, padded or not); undefined for anything else. Node's own decoder passes
 * over what it does not know.
 */
export function decodeBase64(text: string): Buffer | undefined {
  const bare = text.replace(/={1,2}$/, '');
  const isPadded = bare.length < text.length;
  if (isPadded && text.length % 4 !== 0) return undefined;
  if (bare.length % 4 === 1 || !/^(?:[A-Za-z0-9+/]*|[A-Za-z0-9_-]*)$/.test(bare)) return undefined;
  return Buffer.from(bare, 'base64url');
}
