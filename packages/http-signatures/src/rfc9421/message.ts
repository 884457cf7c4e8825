import type { Headers } from '../raw-headers.ts';
import { SignatureError } from '../signature-error.ts';

/** What a signature can cover of a request. */
export interface Message {
  method: string;
  scheme: 'https' | 'http';
  /** Lower-case, without the scheme's default port. */
  authority: string;
  /** In origin-form (RFC 9112 §3.2.1), exactly as sent. */
  target: string;
  headers: Headers;
}

const defaultPort = { https: ':443', http: ':80' };

/** The authority of RFC 9421 §2.2.3. */
export function normalAuthority(host: string, scheme: Message['scheme']): string {
  const authority = host.trim().toLowerCase();
  const port = defaultPort[scheme];
  return authority.endsWith(port) ? authority.slice(0, -port.length) : authority;
}

/** The path and the query, with its question mark; the query is empty where there is none. */
export function splitTarget(target: string): { path: string; query: string } {
  const at = target.indexOf('?');
  return at === -1 ? { path: target, query: '' } : { path: target.slice(0, at), query: target.slice(at) };
}

/** Throws SignatureError for a target in another form: what it is, a signer and we might see differently. */
export function checkTarget(target: string): void {
  if (target.startsWith('/')) return;
  throw new SignatureError('signature_invalid', 'The request target is not a path.');
}
