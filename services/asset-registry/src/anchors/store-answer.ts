import type { Timestamp } from '@artdag/opentimestamps';
import type { AnchorDeps, AnchorSettings } from './anchor-deps.ts';
import { addAnswer, isAttestedByBitcoin, promisesOf } from './anchor-proof.ts';
import { pollAgainMs } from './anchor-timing.ts';
import { calendarUrl, isAllowedCalendar } from './calendars/calendar-url.ts';
import { addCall, finishCall, type CallKey } from './calls.repository.ts';
import { lockAnchor, settleAnchor } from './locked-anchor.repository.ts';
import { settleOptions } from './settle-options.ts';

interface Promised {
  calendar: string;
  commitment: Buffer;
}

/** Whether an answer to a submission is of any use: it is in a block already, or names a calendar that may be asked. */
export function isUsable(settings: AnchorSettings, answer: Timestamp): boolean {
  return isAttestedByBitcoin(answer) || callable(settings, answer).length > 0;
}

/** The promises of an answer that may be asked for. The others stay in the proof, and nobody calls them. */
function callable({ calendars, calendarHosts: hosts }: AnchorSettings, answer: Timestamp): Promised[] {
  return promisesOf(answer).flatMap(({ message, uri }) => {
    const calendar = calendarUrl(uri);
    if (calendar === undefined || !isAllowedCalendar(calendar, { calendars, hosts })) return [];
    return [{ calendar, commitment: Buffer.from(message) }];
  });
}

/**
 * Puts a calendar's answer into the anchor's proof, and what follows from it into the same transaction. Answers may come in any order and
 * twice, from whatever replica: merged, they amount to the same.
 *
 * @throws OtsError when the answer does not fit the proof
 */
export async function storeAnswer(deps: AnchorDeps, call: CallKey, answer: Timestamp): Promise<void> {
  const now = deps.now();
  const attested = isAttestedByBitcoin(answer);
  const promises = call.kind === 'submit' ? callable(deps.settings, answer) : [];
  await deps.transaction(async (execute) => {
    const anchor = await lockAnchor(execute, call.merkleRoot);
    if (anchor === undefined) return;
    const { checkpoint, nonce, ots_proof: proof } = anchor;
    anchor.ots_proof = Buffer.from(addAnswer({ checkpoint, nonce, proof }, answer));
    await finishCall(execute, call, now);
    for (const promised of promises) {
      const poll = { merkleRoot: call.merkleRoot, kind: 'poll', ...promised } as const;
      await addCall(execute, poll, { at: now, nextAt: new Date(now.getTime() + pollAgainMs(0)) });
    }
    await settleAnchor(execute, anchor, settleOptions(deps), attested ? now : undefined);
  });
}
