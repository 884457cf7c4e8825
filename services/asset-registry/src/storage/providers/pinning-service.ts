import { z } from 'zod';
import { sameCid } from './cid.ts';
import { below } from './config-fields.ts';
import type { ProviderCalls } from './provider-calls.ts';
import { ProviderFailure, refusal } from './provider-failure.ts';
import type { Copy, Finding, TestResult } from './copy.ts';
import { readJson } from './read-json.ts';

/** Something that speaks the IPFS Pinning Service API 1.0. */
export interface PinningService {
  endpoint: string;
  token: string;
}

const pinResults = z.object({
  count: z.number(),
  results: z.array(z.object({ status: z.string(), pin: z.object({ cid: z.string() }) })),
});

export async function testPinningService(service: PinningService, calls: ProviderCalls): Promise<TestResult> {
  const answer = await get(service, 'limit=1', calls);
  if (answer.status !== 200) return { ok: false, message: refusal(answer) };
  readJson(answer, pinResults);
  return { ok: true, message: 'The pinning service accepts the token.' };
}

export async function findInPinningService(
  service: PinningService,
  { ipfsCid }: Copy,
  calls: ProviderCalls,
): Promise<Finding> {
  const cid = ipfsCid ?? '';
  const find = async (...statuses: string[]): Promise<boolean> => {
    const answer = await get(service, `cid=${encodeURIComponent(cid)}&status=${statuses.join(',')}&limit=10`, calls);
    const { count, results } = readJson(answer, pinResults);
    // What a service answers that does not filter says nothing about this copy.
    const asked = results.filter(({ status, pin }) => statuses.includes(status) && sameCid(pin.cid, cid));
    if (asked.length < results.length || (count > 0 && results.length === 0)) {
      throw new ProviderFailure('It does not look pins up by CID and status.');
    }
    return asked.length > 0;
  };
  if (await find('pinned')) return { result: 'present', message: 'The service has it pinned.' };
  if (await find('queued', 'pinning')) return { result: 'pending', message: 'The service is fetching it.' };
  return { result: 'missing', message: 'The service does not have it pinned.' };
}

export async function requestFromPinningService(
  { endpoint, token }: PinningService,
  { ipfsCid, contentHash }: Copy,
  calls: ProviderCalls,
): Promise<void> {
  const answer = await calls.send(below(endpoint, '/pins'), {
    method: 'POST',
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
    body: JSON.stringify({ cid: ipfsCid, name: contentHash }),
  });
  if (answer.status !== 202 && answer.status !== 200) throw new ProviderFailure(refusal(answer));
}

function get({ endpoint, token }: PinningService, query: string, calls: ProviderCalls) {
  return calls.send(`${below(endpoint, '/pins')}?${query}`, { headers: { authorization: `Bearer ${token}` } });
}
