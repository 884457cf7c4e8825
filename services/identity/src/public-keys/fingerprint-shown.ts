/** What a log shows of a fingerprint: its prefix and the first 16 hex characters (public-key-auth.md §2). */
export function shownFingerprint(fingerprint: string): string {
  return fingerprint.slice(0, 'sha256:'.length + 16);
}
