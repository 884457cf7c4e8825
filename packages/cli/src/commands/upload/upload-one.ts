import { randomUUID } from 'node:crypto';
import { basename } from 'node:path';
import { assetNameOf } from '@artdag/claims/suggestions';
import { callAsUser } from '../../call-as-user.ts';
import { formatBytes } from '../../format.ts';
import { hashFile } from '../../hash-file.ts';
import { print, printJson, type Terminal } from '../../terminal.ts';
import type { UploadOptions } from './options.ts';
import { wordsOf } from './words-of.ts';

interface RegisteredAsset {
  name: string;
  asset_type: string;
  owner: string;
  activity_url: string;
  object_id: string;
}

/** Shows how far the hashing is, on a terminal only. */
function progressOf({ stderr }: Terminal, file: string): (read: number, size: number) => void {
  let shown = -1;
  return (read, size) => {
    const percent = size === 0 ? 100 : Math.floor((read * 100) / size);
    if (!stderr.isTTY || percent === shown) return;
    shown = percent;
    stderr.write(percent === 100 ? '\r\u001b[K' : `\rHashing ${file} ${percent} %`);
  };
}

/** Registers a file by its hash. The bytes stay where they are. */
export async function uploadOne(terminal: Terminal, file: string, options: UploadOptions): Promise<void> {
  const { hash, size } = await hashFile(file, progressOf(terminal, file));
  const body = {
    name: options.name ?? assetNameOf(basename(file)),
    content_hash: hash,
    ...wordsOf(file, options),
  };
  const asset = await callAsUser<RegisteredAsset>(terminal, {
    method: 'POST',
    path: '/assets',
    body,
    idempotencyKey: randomUUID(),
  });
  if (options.json) return printJson(terminal, asset);
  print(terminal, `sha3-256  ${hash}  (${formatBytes(size)})`);
  print(terminal, `Registered ${asset.name} (${asset.asset_type}), claimed by ${asset.owner}.`);
  print(terminal, `claim     ${asset.activity_url}`);
  print(terminal, `object    ${asset.object_id}`);
}
