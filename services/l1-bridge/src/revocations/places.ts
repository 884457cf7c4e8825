import type { ClaimOptions } from './claim.repository.ts';

/** How many calls may be under way, and to whom. */
export interface Places {
  add(id: string, l1Url: string): void;
  /** @param isWell whether the L1 answered in time, whatever it said; undefined when it was not asked */
  remove(id: string, l1Url: string, isWell: boolean | undefined): void;
  /** What may be taken now; undefined when everything is full. */
  state(): Pick<ClaimOptions, 'hosts' | 'room' | 'roomOfNew'> | undefined;
}

/** An L1 that has not answered for so long is slow from then on. */
export const PROMPT_MS = 1000;
const ROOM_OF_NEW = 2;
const ROOM_OF_SLOW = 1;
/** As many sockets as safe-fetch opens to one. */
const ROOM_OF_PROMPT = 8;
/** Calls that came to hang hold no place of prompt L1s any more, so more may be under way than there are places; but not more than so many times. */
const MOST = 3;

interface Host {
  /** Since when each of its calls has been under way. */
  since: Map<string, number>;
  isWell: boolean | undefined;
}

/**
 * L1s that answer at once, and those that are slow or fail, have places apart: however many of them hang at the same time, the others wait for
 * a second at most, and only for as long as nobody knew. What is known lasts as long as the process.
 *
 * @param now milliseconds of a clock that never jumps
 */
export function createPlaces(concurrency: number, now: () => number): Places {
  const hosts = new Map<string, Host>();

  const isSlow = ({ since, isWell }: Host): boolean =>
    isWell === false || [...since.values()].some((at) => now() - at > PROMPT_MS);

  return {
    add(id, l1Url) {
      const host = hosts.get(l1Url) ?? { since: new Map<string, number>(), isWell: undefined };
      host.since.set(id, now());
      hosts.set(l1Url, host);
    },
    remove(id, l1Url, isWell) {
      const host = hosts.get(l1Url);
      host?.since.delete(id);
      if (host !== undefined && isWell !== undefined) host.isWell = isWell;
    },
    state() {
      const taken = { slow: 0, prompt: 0 };
      const known = [...hosts].map(([l1Url, host]) => {
        const slow = isSlow(host);
        taken[slow ? 'slow' : 'prompt'] += host.since.size;
        const most = slow ? ROOM_OF_SLOW : host.isWell === true ? ROOM_OF_PROMPT : ROOM_OF_NEW;
        return { l1Url, isSlow: slow, room: Math.max(0, most - host.since.size) };
      });
      const left = concurrency * MOST - taken.slow - taken.prompt;
      const room = {
        slow: Math.max(0, Math.min(concurrency - taken.slow, left)),
        prompt: Math.max(0, Math.min(concurrency - taken.prompt, left)),
      };
      return room.slow + room.prompt === 0 ? undefined : { hosts: known, room, roomOfNew: ROOM_OF_NEW };
    },
  };
}
