import { limits, otsMediaType, OtsError, readCalendarReply, type Timestamp } from '@artdag/opentimestamps';
import { SafeFetchError, type SafeFetch, type SafeFetchResponse } from '@artdag/safe-fetch';

/** What came of asking a calendar. */
export type CalendarAnswer =
  | { kind: 'timestamp'; timestamp: Timestamp }
  /** It knows nothing more of the commitment yet. */
  | { kind: 'not-yet' }
  /** It could not be asked, or what it said is no timestamp of what it was asked about. `problem` is a code for people to look up. */
  | { kind: 'failed'; problem: string; detail: string };

export interface CalendarClient {
  /** `POST /digest`: has the calendar promise to attest to the commitment. */
  submit(calendar: string, commitment: Uint8Array): Promise<CalendarAnswer>;
  /** `GET /timestamp/<commitment>`: what it has made of its promise. */
  poll(calendar: string, commitment: Uint8Array): Promise<CalendarAnswer>;
}

/** As the reference client has it. */
const timeoutMs = 5_000;

export function createCalendarClient(safeFetch: SafeFetch): CalendarClient {
  const init = { accept: otsMediaType, maxBytes: limits.calendarReplyBytes, timeoutMs };
  return {
    submit: (calendar, commitment) =>
      ask(commitment, () =>
        safeFetch(`${calendar}/digest`, {
          ...init,
          method: 'POST',
          headers: { 'content-type': 'application/octet-stream' },
          body: Buffer.from(commitment),
        }),
      ),
    poll: (calendar, commitment) =>
      ask(commitment, () => safeFetch(`${calendar}/timestamp/${Buffer.from(commitment).toString('hex')}`, init), 404),
  };
}

async function ask(
  commitment: Uint8Array,
  call: () => Promise<SafeFetchResponse>,
  notYet?: number,
): Promise<CalendarAnswer> {
  try {
    const { status, body } = await call();
    if (status === notYet) return { kind: 'not-yet' };
    if (status !== 200) return { kind: 'failed', problem: `http_${status}`, detail: `It answered ${status}.` };
    return { kind: 'timestamp', timestamp: readCalendarReply(body, commitment) };
  } catch (error) {
    if (error instanceof SafeFetchError) return { kind: 'failed', problem: error.code, detail: error.message };
    if (error instanceof OtsError) return { kind: 'failed', problem: 'garbage', detail: error.message };
    throw error;
  }
}
