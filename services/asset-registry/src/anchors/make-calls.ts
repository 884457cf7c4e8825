import { OtsError, type Timestamp } from '@artdag/opentimestamps';
import type { AnchorDeps } from './anchor-deps.ts';
import { isAttestedByBitcoin } from './anchor-proof.ts';
import { pollAgainMs, submitRetryMs } from './anchor-timing.ts';
import { isAllowedCalendar } from './calendars/calendar-url.ts';
import type { CalendarAnswer } from './calendars/calendar-client.ts';
import { claimCalls, putOffCall, type ClaimedCall } from './calls.repository.ts';
import { putInSubstitute } from './put-in-substitute.ts';
import { isUsable, storeAnswer } from './store-answer.ts';

/**
 * Asks calendars what is due, all at once, and stores every answer before anything is made of it.
 *
 * @returns how many calls were made
 */
export async function makeCalls(deps: AnchorDeps): Promise<number> {
  const calls = await claimCalls(deps.execute, deps.now());
  const made = await Promise.allSettled(calls.map((call) => makeCall(deps, call)));
  // Each has had its time, so that no answer comes in after the turn; what failed is due again when its claim has run out.
  for (const each of made) if (each.status === 'rejected') throw each.reason;
  return calls.length;
}

async function makeCall(deps: AnchorDeps, call: ClaimedCall): Promise<void> {
  const { calendars, calendarHosts: hosts } = deps.settings;
  if (!isAllowedCalendar(call.calendar, { calendars, hosts })) {
    await putOff(deps, call, 'not_allowed');
    return;
  }
  const started = performance.now();
  const answer = await deps.client[call.kind](call.calendar, call.commitment);
  const latencyMs = performance.now() - started;
  const problem = await takeAnswer(deps, call, answer);
  await deps.calendars.record(call.calendar, { at: deps.now(), latencyMs, problem: problem?.code });
  if (problem === undefined) return;
  deps.metrics.countCalendarFailure(call.calendar);
  const { calendar, kind, merkleRoot } = call;
  const details = { calendar, kind, merkle_root: merkleRoot, problem: problem.code, detail: problem.detail };
  deps.logger.warn('a calendar failed', details);
}

interface Problem {
  code: string;
  detail: string;
}

/** Stores what an answer brings, or puts the call off; resolves to what was wrong with the answer. */
async function takeAnswer(deps: AnchorDeps, call: ClaimedCall, answer: CalendarAnswer): Promise<Problem | undefined> {
  if (answer.kind === 'timestamp' && isNews(deps, call, answer.timestamp)) {
    try {
      await storeAnswer(deps, call, answer.timestamp);
      return undefined;
    } catch (error) {
      if (!(error instanceof OtsError)) throw error;
      return await fail(deps, call, { code: 'garbage', detail: error.message });
    }
  }
  if (answer.kind === 'failed') return await fail(deps, call, { code: answer.problem, detail: answer.detail });
  // A calendar that repeats its promise says no more than one that knows nothing yet.
  if (call.kind === 'poll') {
    await putOff(deps, call, null);
    return undefined;
  }
  return await fail(deps, call, {
    code: 'garbage',
    detail: 'It promises nothing, or in the name of a calendar that is not allowed.',
  });
}

function isNews(deps: AnchorDeps, call: ClaimedCall, timestamp: Timestamp): boolean {
  return call.kind === 'poll' ? isAttestedByBitcoin(timestamp) : isUsable(deps.settings, timestamp);
}

async function fail(deps: AnchorDeps, call: ClaimedCall, problem: Problem): Promise<Problem> {
  await putOff(deps, call, problem.code);
  if (call.kind === 'submit') await putInSubstitute(deps, call);
  return problem;
}

async function putOff(deps: AnchorDeps, call: ClaimedCall, problem: string | null): Promise<void> {
  const waitMs = call.kind === 'submit' ? submitRetryMs(call.attempts) : pollAgainMs(call.attempts);
  const nextAt = new Date(deps.now().getTime() + waitMs);
  await putOffCall(deps.execute, call, { nextAt, problem, checksHeaders: deps.headers !== undefined });
}
