import { types } from 'node:util';

const REDACTED = '[redacted]';
const MAX_DEPTH = 8;
const MAX_ITEMS = 100;

// Compared with the key in lower case and without separators, so accessToken, access_token and X-Access-Token are one.
const SECRET_ANYWHERE =
  /password|passwd|passphrase|secret|privatekey|servicekey|apikey|authorization|cookie|assertion|credential|rawbody/;
const SECRET_AT_THE_END = /(?:tokens?|email|jwt|otp|^body)$/;

function isSecretKey(key: string): boolean {
  const plain = key.toLowerCase().replace(/[-_.\s]/g, '');
  return SECRET_ANYWHERE.test(plain) || SECRET_AT_THE_END.test(plain);
}

const PATTERNS: [RegExp, string][] = [
  [/\b(Bearer|Basic|MSign|DPoP)\s+[^\s,;"']+/gi, `$1 ${REDACTED}`],
  [/\bdk_[A-Za-z0-9_-]+/g, REDACTED],
  [/\beyJ[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+(?:\.[A-Za-z0-9_-]*)?/g, REDACTED],
  [/-----BEGIN [A-Z ]*PRIVATE KEY-----[\s\S]*?(?:-----END [A-Z ]*PRIVATE KEY-----|$)/g, REDACTED],
  [/:\/\/[^/\s@"']+@/g, '://***@'],
  [/[\w.+-]+@[\w-]+(?:\.[\w-]+)+/g, '[email]'],
];

// Cheap test before the patterns: most texts hold none of these.
const SUSPICIOUS = /@|dk_|eyJ|Bearer|Basic|MSign|DPoP|PRIVATE KEY/i;

/** The text without bearer credentials, API keys, JWTs, private keys, passwords in URLs and e-mail addresses. */
export function redactText(text: string): string {
  if (!SUSPICIOUS.test(text)) return text;
  return PATTERNS.reduce((result, [pattern, replacement]) => result.replace(pattern, replacement), text);
}

/**
 * A copy of `value` fit for a log: values under secret-looking keys are replaced at any depth, texts go through
 * redactText, errors become plain objects, and what is too deep, too long or circular is cut.
 */
export function redact(value: unknown, depth = 0): unknown {
  if (typeof value === 'string') return redactText(value);
  if (typeof value === 'bigint') return value.toString();
  if (typeof value === 'function') return '[function]';
  if (typeof value !== 'object' || value === null) return value;
  if (depth > MAX_DEPTH) return '[cut]';
  if (types.isDate(value)) return Number.isNaN(value.getTime()) ? null : value.toISOString();
  if (ArrayBuffer.isView(value) || types.isAnyArrayBuffer(value)) return `[${value.byteLength} bytes]`;
  if (Array.isArray(value)) return value.slice(0, MAX_ITEMS).map((item) => redact(item, depth + 1));
  return redactMembers(types.isNativeError(value) ? errorMembers(value) : Object.entries(value), depth);
}

function redactMembers(members: [string, unknown][], depth: number): Record<string, unknown> {
  const copy: Record<string, unknown> = {};
  for (const [key, member] of members.slice(0, MAX_ITEMS)) {
    const hide = isSecretKey(key) && member !== undefined && member !== null && typeof member !== 'boolean';
    copy[key] = hide ? REDACTED : redact(member, depth + 1);
  }
  return copy;
}

// What says which failure it was. Other members of an error may hold anything: a whole database client, or a row's values in PostgreSQL's `detail`.
const TELLING = [
  'code',
  'status',
  'errno',
  'syscall',
  'address',
  'port',
  'severity',
  'schema',
  'table',
  'column',
  'constraint',
  'problems',
];

function errorMembers(error: Error): [string, unknown][] {
  const members: [string, unknown][] = [
    ['name', error.name],
    ['message', error.message],
    ['stack', error.stack],
  ];
  if (error.cause !== undefined) members.push(['cause', error.cause]);
  if ('errors' in error) members.push(['errors', error.errors]);
  return [...members, ...Object.entries(error).filter(([key]) => TELLING.includes(key))];
}
