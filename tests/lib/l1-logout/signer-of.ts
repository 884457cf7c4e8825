import { createHash, createPublicKey, verify } from 'node:crypto';
import type { L1Call } from '@artdag/testing';

/** The key that signed a call by draft-cavage, the body's digest and the target included; undefined when it did not. By hand, as an L1 without our library would. */
export function signerOf(call: L1Call, keys: ReadonlyMap<string, string>): string | undefined {
  const header = String(call.headers['signature']);
  const parameter = (name: string): string => new RegExp(`${name}="([^"]*)"`).exec(header)?.[1] ?? '';
  const names = parameter('headers').split(' ');
  const isCovered = ['(request-target)', 'host', 'date', 'digest'].every((name) => names.includes(name));
  const digest = `SHA-256=${createHash('sha256').update(call.body).digest('base64')}`;
  const pem = keys.get(parameter('keyId'));
  if (!isCovered || call.headers['digest'] !== digest || pem === undefined) return undefined;
  const line = (name: string): string =>
    name === '(request-target)' ? `${name}: post ${call.path}` : `${name}: ${String(call.headers[name])}`;
  const signature = Buffer.from(parameter('signature'), 'base64');
  const isTrue = verify('sha256', Buffer.from(names.map(line).join('\n')), createPublicKey(pem), signature);
  return isTrue ? parameter('keyId') : undefined;
}
