import { z } from 'zod';
import { parseCidr } from '../cidr.ts';

/**
 * Pieces of a service's environment schema. Each takes the text of a variable and gives a checked value; each message
 * begins with "wants", so that readEnv can say `PORT: got "abc", wants a whole number from 0 to 65535`.
 */

const MAX_TIMEOUT_MS = 2 ** 31 - 1; // what setTimeout can hold

function wholeNumber(min: number, max: number, wants: string) {
  return z
    .string(`wants ${wants}`)
    .regex(/^\d{1,15}$/, `wants ${wants}`)
    .transform(Number)
    .refine((value) => value >= min && value <= max, `wants ${wants}`);
}

/** A TCP port; 0 lets the system choose. */
export function port(defaultPort: number) {
  return wholeNumber(0, 65_535, 'a whole number from 0 to 65535').default(defaultPort);
}

/** A count or size, e.g. of a pool. */
export function integer(o: { default: number; min?: number; max?: number }) {
  const { min = 0, max = Number.MAX_SAFE_INTEGER } = o;
  const upTo = max === Number.MAX_SAFE_INTEGER ? `of at least ${min}` : `from ${min} to ${max}`;
  return wholeNumber(min, max, `a whole number ${upTo}`).default(o.default);
}

/** A duration in milliseconds. */
export function milliseconds(defaultMs: number) {
  return wholeNumber(0, MAX_TIMEOUT_MS, 'a whole number of milliseconds').default(defaultMs);
}

/** A rate limit: how many per minute, Infinity for `off`. */
export function perMinute(defaultPerMinute: number) {
  const wants = 'wants a number per minute, at least 1, or off';
  return z
    .string(wants)
    .regex(/^(?:off|[1-9]\d{0,9})$/i, wants)
    .transform((text) => (text.toLowerCase() === 'off' ? Infinity : Number(text)))
    .default(defaultPerMinute);
}

/** A URL with a scheme. Trailing slashes of http(s) URLs are dropped, so that `${url}/path` is right. */
export function url() {
  const wants = 'wants a URL, such as http://127.0.0.1:7011';
  return z
    .string(wants)
    .refine((text) => URL.canParse(text), wants)
    .transform((text) => (/^https?:/i.test(text) ? text.replace(/\/+$/, '') : text));
}

/** As url(), or undefined when the variable is not set. */
export function urlOptional() {
  return url().optional();
}

/** Comma-separated texts, trimmed, empty ones dropped. Default: none. */
export function csv() {
  return z
    .string('wants a comma-separated list')
    .transform((text) =>
      text
        .split(',')
        .map((part) => part.trim())
        .filter((part) => part !== ''),
    )
    .default([]);
}

/** Comma-separated address ranges. Default: none. */
export function cidrList(defaultCidrs: readonly string[] = []) {
  const wants = 'wants a comma-separated list of address ranges, such as 10.0.0.0/8,::1/128';
  return z
    .string(wants)
    .transform((text) =>
      text
        .split(',')
        .map((part) => part.trim())
        .filter((part) => part !== ''),
    )
    .refine((parts) => parts.every(isCidr), wants)
    .default([...defaultCidrs]);
}

function isCidr(text: string): boolean {
  try {
    parseCidr(text);
    return true;
  } catch {
    return false;
  }
}

const FLAGS: Record<string, boolean> = {
  true: true,
  '1': true,
  on: true,
  yes: true,
  false: false,
  '0': false,
  off: false,
  no: false,
};

/** true/false, also 1/0, on/off, yes/no. */
export function flag(defaultValue: boolean) {
  return z
    .string()
    .toLowerCase()
    .refine((text) => text in FLAGS, 'wants true or false')
    .transform((text) => FLAGS[text] === true)
    .default(defaultValue);
}

export const LOG_LEVELS = ['error', 'warn', 'info', 'debug'] as const;

export function logLevel() {
  return z.enum(LOG_LEVELS, `wants one of ${LOG_LEVELS.join(', ')}`).default('info');
}
