import { setTimeout as sleep } from 'node:timers/promises';
import { callOnce, newContentHash, registerAsset, type Account } from './api-client.ts';

/** What a client knows after its registrations: those that were acknowledged, with the activity that each answer named. */
export interface LoadResult {
  acknowledged: Map<string, string>;
  /** Requests that were lost or answered 5xx and sent again, with the same idempotency key. */
  repeated: number;
  /** Answers that are neither success nor a reason to try again. */
  unexpected: string[];
}

const giveUpAfterMs = 240_000;
const firstPauseMs = 50;
/** Who asks more often only keeps a machine of two cores from starting what is to answer. */
const longestPauseMs = 400;

/**
 * Registers `count` assets with `concurrency` at once, as a patient client does: what was not acknowledged is sent again until it is.
 *
 * @param o.beginning of the assets' names; default: the user's name
 * @param o.onAcknowledged called after each acknowledgement
 */
export async function registerMany(
  url: string,
  { username, token }: Pick<Account, 'username' | 'token'>,
  o: { count: number; concurrency: number; beginning?: string; onAcknowledged: (total: number) => void },
): Promise<LoadResult> {
  const result: LoadResult = { acknowledged: new Map(), repeated: 0, unexpected: [] };
  let next = 0;
  const registerOne = async (name: string, hash: string): Promise<void> => {
    const end = Date.now() + giveUpAfterMs;
    for (let pauseMs = firstPauseMs; Date.now() < end; pauseMs = Math.min(2 * pauseMs, longestPauseMs)) {
      const answer = await registerAsset(url, token, name, hash, callOnce).catch(() => undefined);
      if (answer?.status === 201) {
        result.acknowledged.set(name, String(answer.body['activity_id']));
        o.onAcknowledged(result.acknowledged.size);
        return;
      }
      if (answer && answer.status < 500)
        return void result.unexpected.push(`${name}: ${answer.status} ${JSON.stringify(answer.body)}`);
      result.repeated += 1;
      await sleep(pauseMs);
    }
    result.unexpected.push(`${name}: never acknowledged`);
  };
  const worker = async (): Promise<void> => {
    while (next < o.count) {
      next += 1;
      await registerOne(`${o.beginning ?? username}-${next}`, newContentHash());
    }
  };
  await Promise.all(Array.from({ length: o.concurrency }, worker));
  return result;
}
