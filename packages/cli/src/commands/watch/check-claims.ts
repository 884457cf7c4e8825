import { verifyCertificate, type Answer, type Line } from '@artdag/certificates';
import type { VerifierKey } from '@artdag/transparency-log';
import { callApi } from '../../api.ts';
import { ApiError } from '../../cli-error.ts';
import { fetchCertificate } from '../certificate.ts';
import type { ActorLeaf } from './actor-leaves.ts';
import { Alarm } from './alarm.ts';

/** A claim as the server shows it. */
export interface ShownClaim {
  id: string;
  type: string;
  published: string;
  object: { name?: string };
}

const pageSize = 100;
const maxPages = 100;
/** Clocks and batches: a claim's time is earlier than its place in the log. */
const slackMs = 60_000;

/**
 * The actor's claims that are no older than a moment, as the list shows them, newest first.
 *
 * @param since ms since 1970
 */
export async function listClaims(server: string, actor: string, since: number): Promise<ShownClaim[]> {
  const claims: ShownClaim[] = [];
  for (let page = 0; page < maxPages; page += 1) {
    const query = new URLSearchParams({ actor, limit: String(pageSize), offset: String(page * pageSize) });
    const path = `/activities?${query.toString()}`;
    const { activities } = await callApi<{ activities: ShownClaim[] }>(server, { path });
    claims.push(...activities);
    const last = activities.at(-1);
    if (last === undefined || activities.length < pageSize || Date.parse(last.published) < since - slackMs) break;
  }
  return claims;
}

/** `erased`: what it said was taken back, its place in the log stays. */
export type CheckedClaim = { leaf: ActorLeaf; name: string | undefined; state: 'holds' | 'erased' };

const wanted: ReadonlySet<Line> = new Set(['signature', 'leaf', 'inclusion', 'key', 'log_signature']);

/**
 * Checks a claim of the log against what is shown of it: signed by the actor's key, which the log knows, and the very one of the leaf.
 *
 * @throws Alarm `claim_hidden`, `claim_false`
 */
export async function checkClaim(
  server: string,
  leaf: ActorLeaf,
  shown: ReadonlyMap<string, ShownClaim>,
  trustedKeys: readonly VerifierKey[],
): Promise<CheckedClaim> {
  const uuid = leaf.activity.split('/').at(-1) ?? '';
  const certificate = await fetchCertificate(server, `/activities/${uuid}/certificate`).catch((error: unknown) => {
    if (error instanceof ApiError && error.status === 410) return undefined;
    if (error instanceof ApiError && error.code === 'not_found') throw hidden(leaf);
    throw error;
  });
  if (certificate === undefined) return { leaf, name: undefined, state: 'erased' };
  const claim = shown.get(leaf.activity);
  if (claim === undefined) throw hidden(leaf);
  const answers = verifyCertificate({ certificate, fileHash: undefined, trustedKeys });
  const refuted = answers.filter(({ line, verdict }) => wanted.has(line) && verdict !== 'yes');
  if (refuted.length > 0) throw isFalse(leaf, refuted);
  if (certificate.activity['id'] !== leaf.activity) throw isFalse(leaf, []);
  return { leaf, name: claim.object.name, state: 'holds' };
}

function hidden(leaf: ActorLeaf): Alarm {
  return new Alarm(
    'claim_hidden',
    `the log has a ${leaf.type} at index ${leaf.index} (${leaf.activity}) that is not shown`,
  );
}

function isFalse(leaf: ActorLeaf, answers: readonly Answer[]): Alarm {
  const why = answers.map(({ text }) => text).join(' ') || 'It is another claim.';
  return new Alarm(
    'claim_false',
    `what is shown as ${leaf.activity} is not what the log has at index ${leaf.index}: ${why}`,
  );
}
