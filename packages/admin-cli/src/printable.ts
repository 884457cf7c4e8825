/** How the audit log names a host: as rules do, without brackets; `-` for what is none. */
export function auditName(host: string): string {
  return URL.parse(`https://${host}`)?.host.replace(/[[\]]/g, '').slice(0, 128) || '-';
}

/** A stranger's text for a terminal: without control characters, which could move the cursor or hide what stands there, and no longer than `max`. */
export function printable(text: string, max = 100): string {
  const clean = text.replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, '?');
  return clean.length <= max ? clean : `${clean.slice(0, max - 1)}…`;
}
