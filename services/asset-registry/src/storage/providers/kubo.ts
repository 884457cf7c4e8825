import { z } from 'zod';
import { below } from './config-fields.ts';
import type { ProviderCalls } from './provider-calls.ts';
import { ProviderFailure, refusal } from './provider-failure.ts';
import type { Copy, Finding, TestResult } from './copy.ts';
import { parse, readJson } from './read-json.ts';

/** A node that has Kubo's RPC API (`/api/v0`), which takes POST only. */
export interface KuboNode {
  api: string;
  headers: Record<string, string>;
}

const pinned = z.object({ Keys: z.record(z.string(), z.unknown()) });
const failed = z.object({ Message: z.string() });

/** @param command one that needs credentials and changes nothing */
export async function testKubo(
  { api, headers }: KuboNode,
  command: 'id' | 'version',
  calls: ProviderCalls,
): Promise<TestResult> {
  const answer = await calls.send(below(api, `/api/v0/${command}`), { method: 'POST', headers });
  return answer.status === 200 ? { ok: true, message: 'The node answers.' } : { ok: false, message: refusal(answer) };
}

export async function findInKubo(
  { api, headers }: KuboNode,
  { ipfsCid }: Copy,
  calls: ProviderCalls,
): Promise<Finding> {
  const url = below(api, `/api/v0/pin/ls?arg=${encodeURIComponent(ipfsCid ?? '')}`);
  const answer = await calls.send(url, { method: 'POST', headers });
  if (answer.status === 500 && isNotPinned(answer.body)) {
    return { result: 'missing', message: 'The node does not have it pinned.' };
  }
  // The CID was the question; nodes answer with it in their own base.
  const { Keys: keys } = readJson(answer, pinned);
  return Object.keys(keys).length > 0
    ? { result: 'present', message: 'The node has it pinned.' }
    : { result: 'missing', message: 'The node does not have it pinned.' };
}

export async function requestFromKubo(
  { api, headers }: KuboNode,
  { ipfsCid }: Copy,
  calls: ProviderCalls,
): Promise<void> {
  const url = below(api, `/api/v0/pin/add?arg=${encodeURIComponent(ipfsCid ?? '')}`);
  const answer = await calls.send(url, { method: 'POST', headers });
  if (answer.status !== 200) throw new ProviderFailure(refusal(answer));
}

/** Kubo has no status for it: every failure of a command is 500 with a message. */
function isNotPinned(body: Buffer): boolean {
  const read = failed.safeParse(parse(body));
  return read.success && /\bnot pinned\b/.test(read.data.Message);
}
