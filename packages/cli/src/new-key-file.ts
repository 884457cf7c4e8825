import { generateKeyPairSync } from 'node:crypto';
import { closeSync, fsyncSync, mkdirSync, openSync, renameSync, rmSync, writeSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { fingerprintOf, rawPublicKey } from '@artdag/msign';
import { CliError } from './cli-error.ts';
import { clientPath } from './client-folder.ts';

/** Of a key that was just made. */
export interface NewKey {
  path: string;
  fingerprint: string;
  /** Standard base64 of 32 bytes. */
  publicKey: string;
}

/**
 * Makes an Ed25519 pair and writes it as PKCS#8 PEM, readable by its owner alone.
 *
 * @param o.out the file; by default `keys/<label, or the fingerprint's first 16 digits>.pem` in the client's folder
 * @param o.force takes the place of a file that is there
 * @throws CliError when the file is there, or cannot be written
 */
export function makeKeyFile(
  env: NodeJS.ProcessEnv,
  o: { out?: string; label?: string; force?: boolean | undefined },
): NewKey {
  const { publicKey, privateKey } = generateKeyPairSync('ed25519');
  const raw = rawPublicKey(publicKey);
  const fingerprint = fingerprintOf(raw);
  const path = resolve(
    o.out ?? defaultFile(env, o.label ?? fingerprint.slice('sha256:'.length, 'sha256:'.length + 16)),
  );
  write(path, privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(), o.force === true);
  return { path, fingerprint, publicKey: raw.toString('base64') };
}

function defaultFile(env: NodeJS.ProcessEnv, name: string): string {
  if (!/^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/.test(name)) {
    throw new CliError(
      'a label that names a file has 1 to 64 of A-Z a-z 0-9 . _ - only. Give another, or name the file with --out.',
    );
  }
  const folder = clientPath(env, 'keys');
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  return join(folder, `${name}.pem`);
}

/** A key that is there is never half overwritten, and not at all unless that was asked for. */
function write(path: string, pem: string, force: boolean): void {
  const file = force ? `${path}.${process.pid}` : path;
  try {
    writeExclusively(file, pem);
    if (force) renameSync(file, path);
  } catch (error) {
    if (force) rmSync(file, { force: true });
    const code = error instanceof Error && 'code' in error ? error.code : undefined;
    if (code === 'EEXIST')
      throw new CliError(
        `${path} is there already and is kept. Give another --out or --label, or --force to replace that key for good.`,
      );
    throw new CliError(`${path} cannot be written (${String(code)}).`);
  }
}

function writeExclusively(file: string, pem: string): void {
  const descriptor = openSync(file, 'wx', 0o600);
  try {
    writeSync(descriptor, pem);
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
}
