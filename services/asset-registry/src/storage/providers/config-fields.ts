import { z } from 'zod';
import { isMasked } from '../mask-secrets.ts';

/** A credential, as it goes into a header. */
export const secret = z
  .string()
  .trim()
  .min(1)
  .max(4096)
  .regex(/^[\x21-\x7e]*$/, 'A credential is printable ASCII without blanks.')
  .refine((text) => !isMasked(text), 'This is the mask of a secret, not the secret.');

/** Of an API or a bucket's service; a path is kept, what would not be sent is refused. */
export const httpUrl = z
  .string()
  .trim()
  .max(2048)
  .refine(isHttpUrl, 'An https URL without user name, password, query and fragment.')
  .meta({ format: 'uri' });

export const bucketName = z
  .string()
  .regex(
    /^[A-Za-z0-9][A-Za-z0-9._-]{1,62}$/,
    'A bucket has 2 to 63 characters A-Z a-z 0-9 . _ - and begins with a letter or digit.',
  );

export const regionName = z.string().regex(/^[A-Za-z0-9_-]{1,64}$/, 'A region has 1 to 64 characters A-Z a-z 0-9 _ -.');

/** An address with a path below it. */
export function below(base: string, path: string): string {
  return `${base.replace(/\/+$/, '')}${path}`;
}

function isHttpUrl(text: string): boolean {
  const url = URL.parse(text);
  if (url === null || !/^https?:\/\//i.test(text) || /[\s\u0000-\u001f\u007f\\]/.test(text)) return false;
  return url.username === '' && url.password === '' && !text.includes('?') && !text.includes('#');
}
