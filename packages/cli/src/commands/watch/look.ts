import type { VerifierKey } from '@artdag/transparency-log';
import { actorOf, readEntry, type ActorEntry, type IsActor } from './actor-entry.ts';
import type { Beginning, Begun } from './beginning.ts';
import { followLog, type Followed } from './follow-log.ts';
import { judgeClaim, type ClaimEvent, type JudgeDeps, type Outcome } from './judge-claim.ts';
import { readListing, type Listing } from './listed-claims.ts';
import type { LogServer } from './log-server.ts';
import type { SignedHead } from './newest-checkpoint.ts';
import { changeOf, keysIn, type KeyChange, type ShownKeys } from './shown-keys.ts';
import { age, track } from './tracked-claims.ts';
import { Alarmed, type Alarm } from './alarm.ts';
import { edgeTexts, followedOf, type TrackedClaim, type WatchState } from './watch-state.ts';

/** The log has an entry of a key of the actor's. */
export interface KeyEvent {
  log_index: number;
  type: 'Key';
  key: string;
  change: KeyChange;
  published: string;
}

export interface LookDeps {
  server: LogServer;
  keys: readonly VerifierKey[];
  nowMs: number;
  /** How long what belongs together may take to be there. */
  graceMs: number;
  pause: (ms: number) => Promise<unknown>;
  /** Undefined: go on from what is remembered. */
  beginning: Beginning | undefined;
}

/** What one look at the server brought. */
export interface Look {
  state: WatchState;
  events: (ClaimEvent | KeyEvent)[];
  alarms: Alarm[];
  /** How many claims are under way, within the time of grace. */
  waiting: number;
}

/** Looks once at log, list and actor document. What is shown is taken over only when the log is the one that it was. */
export async function look(deps: LookDeps, state: WatchState): Promise<Look> {
  try {
    return await lookAround(deps, state);
  } catch (error) {
    if (!(error instanceof Alarmed)) throw error;
    return { state, events: [], alarms: [error.alarm], waiting: 0 };
  }
}

async function lookAround(deps: LookDeps, remembered: WatchState): Promise<Look> {
  const { server, nowMs } = deps;
  const state = deps.beginning === undefined ? remembered : { ...remembered, claims: [] };
  const log = await readLog(deps, state);
  // Read after the log, so that whatever that has was there before.
  const listing = await readListing(server, state.username, log.listedAfterMs);
  const tracked = track(state.claims, log.entries, listing.claims, nowMs);
  const isNews = log.entries.length > 0 || tracked.claims.some(({ isProved }) => !isProved);
  const shown = isNews ? keysIn(await server.actorDocument(state.username), log.isActor) : {};
  const keys = { ...state.keys, ...shown };
  const judged = await judgeAll({ ...deps, log, listing, shown }, tracked.claims);
  return {
    state: {
      ...{ ...state, keys, since: log.since },
      ...(log.followed && { checkpoint: log.followed.note, edge: edgeTexts(log.followed.edge) }),
      ...age(judged.claims, listing, nowMs),
    },
    events: [...log.entries.filter(isKey).map((entry) => keyEvent(entry, keys)), ...judged.events],
    alarms: [...tracked.alarms, ...judged.alarms],
    waiting: judged.waiting,
  };
}

interface ReadLog {
  followed: Followed | undefined;
  isActor: IsActor;
  /** The actor's, those that have come since the last look. */
  entries: ActorEntry[];
  since: number;
  listedAfterMs: number | undefined;
}

async function readLog({ beginning, ...deps }: LookDeps, state: WatchState): Promise<ReadLog> {
  const isActor = actorOf(deps.keys[0]?.name ?? '', state.username);
  const entries: ActorEntry[] = [];
  // A log that is empty when the watch begins is watched from its first entry.
  let begun: Begun = { index: 0, listedAfterMs: -1 };
  const from = async (newest: SignedHead): Promise<number> => {
    if (beginning !== undefined) begun = await beginning(deps.server, newest);
    return begun.index;
  };
  const remembered = followedOf(state);
  const isReadOn = beginning === undefined && remembered !== undefined;
  const onEntry = (index: number, bytes: Buffer): void => {
    const entry = readEntry(index, bytes, isActor);
    if (entry !== undefined) entries.push(entry);
  };
  const followed = await followLog({ ...deps, from: isReadOn ? undefined : from, onEntry }, remembered);
  const { since, listedAfterMs } = state;
  const isBeginning = beginning !== undefined;
  return {
    ...{ followed, isActor, entries },
    since: isBeginning ? (followed?.begun ?? 0) : since,
    listedAfterMs: isBeginning ? begun.listedAfterMs : listedAfterMs,
  };
}

async function judgeAll(
  deps: LookDeps & { log: ReadLog; listing: Listing; shown: ShownKeys },
  tracked: readonly TrackedClaim[],
): Promise<Pick<Look, 'events' | 'alarms' | 'waiting'> & { claims: TrackedClaim[] }> {
  const { log, listing, nowMs, graceMs } = deps;
  const listed = new Map(listing.claims.map(({ id, document }) => [id, document]));
  const judge: JudgeDeps = {
    ...deps,
    ...{ followed: log.followed, isActor: log.isActor, since: log.since, sameLog: new Map() },
    completeAfterMs: listing.completeAfterMs,
  };
  const result = { claims: [] as TrackedClaim[], events: [] as ClaimEvent[], alarms: [] as Alarm[], waiting: 0 };
  for (const claim of tracked) {
    const outcome: Outcome | undefined = claim.isProved
      ? undefined
      : await judgeClaim(judge, claim, listed.get(claim.id));
    if (outcome === undefined || outcome.kind !== 'proved') result.claims.push(claim);
    if (outcome?.kind === 'proved') {
      result.claims.push({ ...claim, ...(outcome.entry && { entry: outcome.entry }), isProved: true });
      result.events.push(outcome.event);
    } else if (outcome?.kind === 'alarm' || (outcome && nowMs - claim.firstSeenMs >= graceMs)) {
      result.alarms.push(outcome.alarm);
    } else if (outcome) {
      result.waiting += 1;
    }
  }
  return result;
}

const isKey = ({ type }: ActorEntry): boolean => type === 'Key';

function keyEvent(entry: ActorEntry, keys: ShownKeys): KeyEvent {
  const { index, activity: key, publishedMs } = entry;
  const published = new Date(publishedMs).toISOString();
  return { log_index: index, type: 'Key', key, change: changeOf(entry, keys), published };
}
