/** Where a worker is on its way over the hosts that something waits for. */
export interface HostWalk {
  /** Something may have become due anywhere: a walk over all hosts has to begin after this. */
  ask(): void;
  /** The next part of the walk; `hosts: 0` when there is none to make now. */
  next(room: number): { after: string; hosts: number };
  /** What came of that part: the host it came to, or undefined for the last, and how long it took in milliseconds. */
  went(to: string | undefined, tookMs: number): void;
  /** How long to wait until the walk goes on; 0 for at once, undefined when none was asked for. In milliseconds. */
  pauseMs(): number | undefined;
}

const FEWEST = 64;
const MOST = 512;
/** For each job that can be taken. */
const HOSTS_PER_JOB = 4;
/** A walk is followed by a pause of so many times its length: with many hosts that only wait, the database has other things to do. */
const REST = 4;
const LONGEST_REST_MS = 1000;

/** @param now milliseconds of a clock that never jumps */
export function createHostWalk(now: () => number): HostWalk {
  let after = '';
  let asked = true;
  let walking = false;
  let lengthMs = 0;
  let restUntil = -Infinity;

  return {
    ask() {
      asked = true;
    },
    next(room) {
      if (!walking && (!asked || now() < restUntil)) return { after, hosts: 0 };
      if (!walking) [walking, asked, after, lengthMs] = [true, false, '', 0];
      return { after, hosts: Math.min(MOST, Math.max(FEWEST, room * HOSTS_PER_JOB)) };
    },
    went(to, tookMs) {
      if (!walking) return;
      lengthMs += tookMs;
      after = to ?? '';
      if (to !== undefined) return;
      walking = false;
      restUntil = now() + Math.min(LONGEST_REST_MS, lengthMs * REST);
    },
    pauseMs: () => (walking ? 0 : asked ? Math.max(0, restUntil - now()) : undefined),
  };
}
