import { callApi } from './api.ts';
import { assetPath } from './asset-path.ts';
import type { Caller } from './caller.ts';

/** The content hash of a work that is named by it, or by the name of its asset. */
export async function workHash({ server, credential }: Caller, work: string): Promise<string> {
  const [, given] = /^(?:sha3-256:)?([0-9a-f]{64})$/.exec(work) ?? [];
  if (given !== undefined) return given;
  return (await callApi<{ content_hash: string }>(server, { path: assetPath(work), credential })).content_hash;
}
