/** An ISO-8601 UTC time as claims say it, without its fraction of a second. */
export function wholeSeconds(iso: string): string {
  return `${iso.slice(0, 'YYYY-MM-DDTHH:MM:SS'.length)}Z`;
}
