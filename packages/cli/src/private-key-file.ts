import { createPrivateKey, type KeyObject } from 'node:crypto';
import { closeSync, fstatSync, openSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { fingerprintOf, rawPublicKey } from '@artdag/msign';
import { CliError } from './cli-error.ts';

/** An Ed25519 key of the user's, as read from its file. */
export interface PrivateKeyFile {
  /** Absolute. */
  path: string;
  privateKey: KeyObject;
  /** 32 raw bytes. */
  publicKey: Buffer;
  /** `sha256:` and 64 hex characters. */
  fingerprint: string;
}

const maxBytes = 64 * 1024;

/**
 * Reads a private key (Ed25519, PKCS#8 PEM, without a passphrase) from a file that its owner alone can read.
 *
 * @throws CliError that says what is wrong with the file, and shows nothing of it
 */
export function readPrivateKey(file: string): PrivateKeyFile {
  const path = resolve(file);
  const privateKey = parsePrivateKey(path, readOwnersFile(path));
  if (privateKey.asymmetricKeyType !== 'ed25519') {
    const type = privateKey.asymmetricKeyType?.toUpperCase() ?? 'unknown';
    throw new CliError(`${path} holds a key of type ${type}; only Ed25519 can be used. ${makeOne}`);
  }
  const publicKey = rawPublicKey(privateKey);
  return { path, privateKey, publicKey, fingerprint: fingerprintOf(publicKey) };
}

const makeOne = 'Make a key with: artdag keys new';

function readOwnersFile(path: string): string {
  let descriptor: number;
  try {
    descriptor = openSync(path, 'r');
  } catch (error) {
    const isMissing = error instanceof Error && 'code' in error && error.code === 'ENOENT';
    throw new CliError(isMissing ? `there is no key file ${path}. ${makeOne}` : `${path} cannot be read.`);
  }
  try {
    const info = fstatSync(descriptor);
    if (!info.isFile()) throw new CliError(`${path} is not a file.`);
    refuseOpenFile(path, info.mode);
    if (info.size > maxBytes) throw new CliError(`${path} is no private key: it has more than 64 KiB.`);
    return readFileSync(descriptor, 'latin1');
  } finally {
    closeSync(descriptor);
  }
}

/** What others can read is no secret, and nobody would notice (as ssh has it). Windows has no such modes. */
function refuseOpenFile(path: string, mode: number): void {
  if (process.platform === 'win32' || (mode & 0o077) === 0) return;
  const shown = (mode & 0o777).toString(8).padStart(4, '0');
  throw new CliError(
    `${path} is open to others (mode ${shown}) and is not used. Run: chmod 600 ${path} and, if others may have read it, use a new key.`,
  );
}

function parsePrivateKey(path: string, pem: string): KeyObject {
  const problem = otherPem.find(([pattern]) => pattern.test(pem));
  if (problem) throw new CliError(`${path} ${problem[1]}`);
  try {
    return createPrivateKey({ key: pem, format: 'pem' });
  } catch {
    throw new CliError(`${path} is damaged, or no private key in PKCS#8 PEM. ${makeOne}`);
  }
}

const otherPem: [RegExp, string][] = [
  [
    /ENCRYPTED/,
    'is encrypted with a passphrase, which artdag cannot ask for. Decrypt it with openssl pkey, or make another with: artdag keys new',
  ],
  [/BEGIN OPENSSH PRIVATE KEY/, `is in the format of OpenSSH; PKCS#8 PEM is needed. ${makeOne}`],
  [/BEGIN PUBLIC KEY/, `is a public key; its private half is needed. ${makeOne}`],
];
