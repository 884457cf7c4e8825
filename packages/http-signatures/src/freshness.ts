import { parseHttpDate } from './http-date.ts';
import { SignatureError } from './signature-error.ts';

const windowSeconds = 300;

/** Checks a signed `Date` header: a real date, not more than 300 s away from `now`. */
export function checkDate(text: string, now: Date): void {
  const date = parseHttpDate(text);
  if (date === undefined) throw new SignatureError('signature_invalid', 'The Date header is no HTTP date.');
  checkAge('Date', date.getTime() / 1000, now);
}

/** Checks a signature's own times, in seconds since 1970. Those that are not given pass. */
export function checkLifetime(created: number | undefined, expires: number | undefined, now: Date): void {
  if (created !== undefined) checkAge('created', created, now);
  if (expires !== undefined && expires < now.getTime() / 1000) {
    throw new SignatureError('date_skew', 'The signature has expired.');
  }
}

function checkAge(what: string, seconds: number, now: Date): void {
  const skew = Math.abs(now.getTime() / 1000 - seconds);
  if (skew <= windowSeconds) return;
  throw new SignatureError(
    'date_skew',
    `The signature's ${what} is ${Math.round(skew)} s off, the limit is ${windowSeconds} s. Is the clock right?`,
  );
}
