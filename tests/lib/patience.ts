import { setTimeout as sleep } from 'node:timers/promises';

const patienceMs = 60_000;
/** Longer than a second, so that what is signed anew has another time in it. */
const pauseMs = 1_100;

/**
 * What services wait for each other and for their pages, in suites that do not look at that: on a busy machine any of them may stand still for
 * seconds.
 */
export const patientServices: Record<string, string> = {
  UPSTREAM_CONNECT_TIMEOUT_MS: '60000',
  UPSTREAM_TIMEOUT_MS: '120000',
  GATEWAY_TIMEOUT_MS: '60000',
  GATEWAY_WRITE_TIMEOUT_MS: '120000',
};

/**
 * Runs something up to three times until it is good: what a pause of the machine spoils once is no fault, and a fault spoils it each time. The last
 * run. What may never be, each run has to refuse by itself.
 */
export async function bestOfThree<T>(run: () => Promise<T>, isGood: (result: T) => boolean): Promise<T> {
  let result = await run();
  for (let runs = 1; runs < 3 && !isGood(result); runs += 1) result = await run();
  return result;
}

/** Asks again while the answer is 503, as a patient client does: some part did not answer in time, and later it does. The last answer. */
export async function insist<A extends { status: number }>(ask: () => Promise<A>): Promise<A> {
  for (const end = performance.now() + patienceMs; ;) {
    const answer = await ask();
    if (answer.status !== 503 || performance.now() > end) return answer;
    await sleep(pauseMs);
  }
}
