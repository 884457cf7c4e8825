import { PROMPT_MS, type ClaimOptions } from './claim-deliveries.ts';
import type { ClaimedDelivery, Lane } from './delivery.ts';
import type { Observation } from './observe-fetch.ts';

/** What is under way, and how much more may be. */
export interface Places {
  add(job: ClaimedDelivery, seen: Observation): void;
  /** Its host has answered: it takes no place any more, but is in hand until it is removed. */
  free(job: ClaimedDelivery): void;
  remove(job: ClaimedDelivery): void;
  has(job: ClaimedDelivery): boolean;
  /** Hosts of which something was freed or removed since this was called last: they have room again, and perhaps something more. */
  takeLikely(): string[];
  /** What a claim has to know; undefined when there is no room in any lane. */
  state(): Pick<ClaimOptions, 'room' | 'busy'> | undefined;
}

/** Of the places of prompt hosts, what new ones and slow ones get besides, each. */
const SHARE = 8;
/** As what hangs gives its place away after a second, more is under way than there are places; but never more than so many times as much. */
const MOST = 3;

/**
 * Counts places by lane. A host that has not answered for a second is slow from then on, so its jobs give the places of prompt hosts back
 * while they still wait: however many hosts fall silent at once, the others wait for a second and no longer.
 */
export function createPlaces(concurrency: number, onRoom: () => void): Places {
  const underWay = new Map<string, { job: ClaimedDelivery; seen: Observation }>();
  const settling = new Set<string>();
  const likely = new Set<string>();
  const makeRoom = ({ host }: ClaimedDelivery): void => {
    likely.add(host.name);
    onRoom();
  };
  const beside = Math.max(1, Math.floor(concurrency / SHARE));

  return {
    add: (job, seen) => void underWay.set(job.id, { job, seen }),
    free(job) {
      if (underWay.delete(job.id)) settling.add(job.id);
      makeRoom(job);
    },
    remove(job) {
      underWay.delete(job.id);
      settling.delete(job.id);
      makeRoom(job);
    },
    takeLikely() {
      const hosts = [...likely];
      likely.clear();
      return hosts;
    },
    has: ({ id }) => underWay.has(id) || settling.has(id),
    state() {
      const hosts = new Map<string, { host: string; jobs: number; hangs: boolean; lane: Lane }>();
      const silentSince = performance.now() - PROMPT_MS;
      for (const { job, seen } of underWay.values()) {
        const { name } = job.host;
        const host = hosts.get(name) ?? { host: name, jobs: 0, hangs: false, lane: job.lane };
        host.jobs += 1;
        if (seen.sentAt !== undefined && seen.sentAt < silentSince) host.hangs = true;
        hosts.set(name, host);
      }
      const taken: Record<Lane, number> = { prompt: 0, new: 0, slow: 0 };
      for (const { hangs, lane, jobs } of hosts.values()) taken[hangs && lane === 'prompt' ? 'slow' : lane] += jobs;
      const room = {
        prompt: Math.max(0, Math.min(concurrency - taken.prompt, concurrency * MOST - underWay.size - settling.size)),
        new: Math.max(0, beside - taken.new),
        slow: Math.max(0, beside - taken.slow),
      };
      const isFull = room.prompt + room.new + room.slow === 0;
      return isFull ? undefined : { room, busy: [...hosts.values()] };
    },
  };
}
