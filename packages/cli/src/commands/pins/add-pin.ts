import { callApi } from '../../api.ts';
import { callerOf } from '../../caller.ts';
import { CliError } from '../../cli-error.ts';
import { print, printJson, visible, type Terminal } from '../../terminal.ts';
import { workHash } from '../../work-hash.ts';
import { findStorage, storagePath } from '../storage/storage.ts';
import type { Pin } from './pin.ts';

export interface AddPinOptions {
  cid?: string;
  key?: string;
  path?: string;
  size?: string;
  etag?: string;
  request?: boolean;
  json?: boolean;
}

/** Records that a copy of a work is at a provider. */
export async function addPin(
  terminal: Terminal,
  [named, work]: readonly [string, string],
  options: AddPinOptions,
): Promise<void> {
  const caller = await callerOf(terminal);
  const { server, credential } = caller;
  const storage = await findStorage(caller, named);
  const body = {
    content_hash: await workHash(caller, work),
    ...(options.cid === undefined ? {} : { ipfs_cid: options.cid }),
    ...(options.key === undefined ? {} : { key: options.key }),
    ...(options.path === undefined ? {} : { path: options.path }),
    ...(options.size === undefined ? {} : { size_bytes: bytesOf(options.size) }),
    ...(options.etag === undefined ? {} : { etag: options.etag }),
    ...(options.request === true ? { request: true } : {}),
  };
  const pin = await callApi<Pin>(server, { method: 'POST', path: storagePath(storage, '/pins'), body, credential });
  if (options.json) return printJson(terminal, pin);
  print(
    terminal,
    `Recorded a copy of ${visible(work)} at ${visible(storage.provider_name)}. It is looked at in a moment.`,
  );
}

function bytesOf(text: string): number {
  if (/^\d{1,15}$/.test(text)) return Number(text);
  throw new CliError('--size wants a number of bytes.');
}
