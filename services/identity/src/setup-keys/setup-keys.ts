import { makeKeyPair, privateKeyPem, readKeyPair, type KeyFiles, type KeyKind } from '@artdag/actor-keys';

export interface SetupKeysInput {
  username: string;
  publicUrl: string;
  /** Renames an existing set and makes a new one. */
  force: boolean;
  now: Date;
}

/** What was done, in lines for the operator; `exitCode` 1 when nothing was, because the set is there. */
export interface SetupKeysResult {
  exitCode: 0 | 1;
  lines: string[];
}

/**
 * Makes an actor's key files before the actor registers: `identity` adopts them then. A set that only lacks its Ed25519
 * file (an older installation's) gets that file and keeps the rest.
 */
export async function setupKeys(files: KeyFiles, input: SetupKeysInput): Promise<SetupKeysResult> {
  const { username } = input;
  const lines: string[] = [];
  if (input.force) {
    const suffix = input.now.toISOString().replace(/[:.]/g, '-');
    const kept = await files.setAside(username, suffix);
    for (const path of kept) lines.push(`kept the old key as ${path}`);
    if (kept.length > 0)
      lines.push(`If ${username} is registered, the old keys are published: put them back, or nothing is signed.`);
  }
  const hadRsa = (await files.readPrivate(username, 'rsa')) !== null;
  const madeRsa = hadRsa ? false : await make(files, username, 'rsa', lines);
  const madeEd25519 = await make(files, username, 'ed25519', lines);
  if (!madeRsa && !madeEd25519) return { exitCode: 1, lines: alreadyThere(files, username) };
  await publish(files, username);
  lines.push(
    `wrote ${files.path(username, 'public')}`,
    `actor id: ${input.publicUrl}/users/${username}`,
    'Back these files up: losing them invalidates all your signatures.',
  );
  return { exitCode: 0, lines };
}

async function make(files: KeyFiles, username: string, kind: KeyKind, lines: string[]): Promise<boolean> {
  if ((await files.readPrivate(username, kind)) !== null) return false;
  const pair = await makeKeyPair(kind);
  const made = await files.createPrivate(username, kind, privateKeyPem(pair.privateKey));
  if (made) lines.push(`wrote ${files.path(username, kind)}`);
  return made;
}

async function publish(files: KeyFiles, username: string): Promise<void> {
  const pem = await files.readPrivate(username, 'rsa');
  if (pem !== null) await files.publish(username, readKeyPair(pem, 'rsa').publicKeyPem);
}

function alreadyThere(files: KeyFiles, username: string): string[] {
  return [
    `${username} has keys already: ${files.path(username, 'rsa')} and ${files.path(username, 'ed25519')}.`,
    'They were left alone. To replace the keys of somebody who is not registered yet, run again with --force.',
  ];
}
