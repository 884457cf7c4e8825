import { jcs } from '@artdag/claims';
import {
  checkCertificate,
  isTombstone,
  type CertificateDeps,
  type CertificateResult,
  type ProvedClaim,
} from './check-certificate.ts';
import type { Json, LogServer } from './log-server.ts';
import type { SignedHead } from './newest-checkpoint.ts';
import type { ShownKeys } from './shown-keys.ts';
import type { Alarm, AlarmCode } from './alarm.ts';
import type { TrackedClaim } from './watch-state.ts';

/** A claim that was proved, or was erased. */
export interface ClaimEvent {
  /** Null when it is erased and its entry was not read. */
  log_index: number | null;
  type: string;
  name: string | null;
  /** Lower-case hex SHA3-256; null likewise. */
  content_hash: string | null;
  published: string;
  /** URL. */
  activity: string;
  /** `erased`: what it said is gone; its place in the log stays. */
  state: 'holds' | 'erased';
}

export interface JudgeDeps extends Omit<CertificateDeps, 'followed'> {
  server: LogServer;
  /** Undefined while the log has no checkpoint. */
  followed: SignedHead | undefined;
  /** Entries from this index on were read. */
  since: number;
  /** Claims that were published later are to be listed. Unix time in milliseconds. */
  completeAfterMs: number;
  /** None when the server shows no actor document. */
  shown: ShownKeys;
}

/** `wait`: is an alarm when it lasts. */
export type Outcome =
  { kind: 'proved'; event: ClaimEvent; entry: TrackedClaim['entry'] } | { kind: 'wait' | 'alarm'; alarm: Alarm };

/** Whether log, list and certificate say the same of a claim, and its signature holds. */
export async function judgeClaim(deps: JudgeDeps, claim: TrackedClaim, listed: Json | undefined): Promise<Outcome> {
  const { id, entry } = claim;
  const wait = (code: AlarmCode, text: string): Outcome => ({ kind: 'wait', alarm: { code, text, activity: id } });
  const place = entry && `The log has this claim at index ${entry.index}`;
  if (place !== undefined && listed === undefined && claim.publishedMs > deps.completeAfterMs) {
    return wait('claim_hidden', `${place}, and the server does not list it.`);
  }
  const { followed } = deps;
  if (followed === undefined) return wait('not_in_log', 'The server shows this claim, and has no log yet.');
  const activityId = /\/activities\/([0-9a-f-]{36})$/i.exec(id)?.[1];
  const answer = activityId === undefined ? { kind: 'unknown' as const } : await deps.server.certificate(activityId);
  if (answer.kind === 'erased') return { kind: 'proved', event: erasedEvent(claim, listed), entry };
  if (answer.kind === 'there') {
    return judgeResult(
      { ...deps, followed },
      claim,
      await checkCertificate({ ...deps, followed }, { id, entry, listed }, answer.text),
    );
  }
  if (place === undefined) return wait('not_in_log', 'The server shows this claim, and its log has not got it.');
  return answer.kind === 'not yet'
    ? wait('claim_unproven', `${place}, and the server gives no proof of it.`)
    : wait('claim_hidden', `${place}, and the server does not know it.`);
}

function judgeResult(
  deps: JudgeDeps & CertificateDeps,
  { id, entry }: TrackedClaim,
  result: CertificateResult,
): Outcome {
  const says = (kind: 'wait' | 'alarm', code: AlarmCode, text: string): Outcome => ({
    kind,
    alarm: { code, text, activity: id },
  });
  if ('fault' in result) return says('alarm', 'claim_false', result.fault);
  const { index, leaf } = result;
  if (entry === undefined && index >= deps.followed.head.size) {
    return says('wait', 'not_in_log', 'The server shows this claim, and its log has not got it yet.');
  }
  if (entry === undefined && index >= deps.since) {
    return says(
      'alarm',
      'claim_false',
      `Its certificate places it at index ${index}, where the log has another entry.`,
    );
  }
  if (!isShown(deps.shown, result)) {
    const text = `The log has the key ${result.keyId} that signed it, and the actor's document does not show it so.`;
    return says('wait', 'key_differs', text);
  }
  return { kind: 'proved', event: provedEvent(id, result), entry: entry ?? { index, leaf } };
}

function isShown(shown: ShownKeys, { keyId, keyDocument }: ProvedClaim): boolean {
  if (Object.keys(shown).length === 0) return true;
  const key = Object.hasOwn(shown, keyId) ? shown[keyId] : undefined;
  return key !== undefined && jcs(key) === keyDocument;
}

function provedEvent(id: string, { activity, index }: ProvedClaim): ClaimEvent {
  const object = objectIn(activity, 'object');
  return {
    log_index: index,
    type: textIn(activity, 'type') ?? '',
    name: textIn(object, 'name') ?? null,
    content_hash: textIn(objectIn(object, 'contentHash'), 'value') ?? null,
    published: textIn(activity, 'published') ?? '',
    activity: id,
    state: 'holds',
  };
}

function erasedEvent({ id, publishedMs, entry }: TrackedClaim, listed: Json | undefined): ClaimEvent {
  const leaf = entry === undefined ? {} : (JSON.parse(entry.leaf) as Json);
  const former = listed !== undefined && isTombstone(listed) ? textIn(listed, 'formerType') : undefined;
  return {
    log_index: entry?.index ?? null,
    type: textIn(leaf, 'type') ?? former?.replace(/^as:/, '') ?? '',
    name: null,
    content_hash: textIn(objectIn(leaf, 'contentHash'), 'value') ?? null,
    published: new Date(publishedMs).toISOString(),
    activity: id,
    state: 'erased',
  };
}

function textIn(value: Json, name: string): string | undefined {
  const member = Object.hasOwn(value, name) ? value[name] : undefined;
  return typeof member === 'string' ? member : undefined;
}

function objectIn(value: Json, name: string): Json {
  const member = Object.hasOwn(value, name) ? value[name] : undefined;
  return typeof member === 'object' && member !== null ? (member as Json) : {};
}
