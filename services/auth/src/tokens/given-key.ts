import { createPrivateKey, createPublicKey, type KeyObject } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { readSecret } from '@artdag/service-kit';

const minBits = 2048;
const wants = 'wants an RSA private key of at least 2048 bits as PEM (PKCS#8 or PKCS#1), without a passphrase';

/**
 * The signing key that `SIGNING_KEY_PATH` (a file) or `SIGNING_PRIVATE_KEY` (PEM) gives, if either does. `SIGNING_PUBLIC_KEY` is its
 * public half, for those who want to be told when the two do not belong together.
 */
export function readGivenKey(env: NodeJS.ProcessEnv): { key: KeyObject | undefined; problems: string[] } {
  const path = env['SIGNING_KEY_PATH']?.trim() ?? '';
  const text = readSecret(env, 'SIGNING_PRIVATE_KEY');
  const publicText = readSecret(env, 'SIGNING_PUBLIC_KEY');
  if (path !== '' && text !== undefined)
    return failed('SIGNING_KEY_PATH: SIGNING_PRIVATE_KEY is set too, wants one of them');
  if (path === '' && text === undefined) {
    return publicText === undefined ? none : failed('SIGNING_PUBLIC_KEY: there is no private key, wants that as well');
  }
  const name = path === '' ? 'SIGNING_PRIVATE_KEY' : 'SIGNING_KEY_PATH';
  const key = parsed(() => createPrivateKey(pemOf(path === '' ? (text ?? '') : readFileSync(path, 'utf8'))));
  if (key === null || key.asymmetricKeyType !== 'rsa' || bitsOf(key) < minBits) return failed(`${name}: ${wants}`);
  if (publicText === undefined) return { key, problems: [] };
  const given = parsed(() => createPublicKey(pemOf(publicText)));
  if (given?.equals(createPublicKey(key)) === true) return { key, problems: [] };
  return failed(`SIGNING_PUBLIC_KEY: is not the public half of ${name}, wants that or nothing`);
}

const none = { key: undefined, problems: [] };

function failed(problem: string) {
  return { key: undefined, problems: [problem] };
}

/** Many ways of setting a variable write line ends as `\n`. */
function pemOf(text: string): string {
  return text.trim().replaceAll('\\n', '\n');
}

function bitsOf(key: KeyObject): number {
  return key.asymmetricKeyDetails?.modulusLength ?? 0;
}

function parsed(read: () => KeyObject): KeyObject | null {
  try {
    return read();
  } catch {
    return null;
  }
}
