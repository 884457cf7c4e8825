const imfFixdate =
  /^(Mon|Tue|Wed|Thu|Fri|Sat|Sun), \d{2} (Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec) \d{4} \d{2}:\d{2}:\d{2} GMT$/;
const isoUtc = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d{1,9})?Z$/;

/**
 * Reads an IMF-fixdate (RFC 9110 §5.6.7) or an ISO 8601 time in UTC; undefined for anything else. `Date.parse` alone would take
 * "1", "2026" and 31 February.
 */
export function parseHttpDate(text: string): Date | undefined {
  if (imfFixdate.test(text)) {
    const date = new Date(text);
    return Number.isNaN(date.getTime()) || date.toUTCString() !== text ? undefined : date;
  }
  if (isoUtc.test(text)) {
    const date = new Date(text);
    return Number.isNaN(date.getTime()) || date.toISOString().slice(0, 19) !== text.slice(0, 19) ? undefined : date;
  }
  return undefined;
}
