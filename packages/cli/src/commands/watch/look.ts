import type { VerifierKey } from '@artdag/transparency-log';
import { leavesOf, type ActorLeaf } from './actor-leaves.ts';
import { Alarm } from './alarm.ts';
import { checkClaim, listClaims, type CheckedClaim, type ShownClaim } from './check-claims.ts';
import type { LogClient } from './log-client.ts';
import type { WatchState } from './watch-state.ts';
import { follow, readCheckpoint } from './watched-log.ts';

export interface LookDeps {
  log: LogClient;
  keys: readonly VerifierKey[];
  now: () => Date;
  /** How long a claim may be shown before the log has it. */
  graceMs: number;
}

export interface Look {
  /** To be remembered once what was seen has been told. */
  state: WatchState;
  claims: CheckedClaim[];
  /** Introductions and ends of the actor's keys. */
  keys: ActorLeaf[];
}

/** No list is asked for when the log has nothing new of the actor: then nothing older than this may be new in it. */
const recentMs = 24 * 3_600_000;

/**
 * One look: the log has only grown, its entries of the actor are shown and hold, and what is shown is in the log.
 *
 * @throws Alarm
 */
export async function look({ log, keys, now, graceMs }: LookDeps, state: WatchState): Promise<Look> {
  const checkpoint = await readCheckpoint(log, keys);
  const { watched, leaves } = await follow(log, state.watched, checkpoint);
  const own = leavesOf(state.actor, leaves);
  const claimLeaves = own.filter(({ type }) => type !== 'Key');
  const at = now().getTime();
  const oldest = Math.min(at - recentMs, ...claimLeaves.map(({ published }) => Date.parse(published)));
  const shown = new Map((await listClaims(state.server, state.actor, oldest)).map((claim) => [claim.id, claim]));
  const claims: CheckedClaim[] = [];
  for (const leaf of claimLeaves) claims.push(await checkClaim(state.server, leaf, shown, keys));
  const logged = new Set(claimLeaves.map(({ activity }) => activity));
  const awaited = awaitedNow(
    state,
    [...shown.values()].filter(({ id }) => !logged.has(id)),
    at,
  );
  const late = Object.entries(awaited).find(([, since]) => at - since > graceMs);
  if (late)
    throw new Alarm('not_in_log', `${late[0]} is shown, and the log has not had it for ${graceMs / 1000} seconds`);
  return {
    state: { ...state, watched, awaited, known: [...new Set([...state.known, ...logged])].slice(-maxKnown) },
    claims,
    keys: own.filter(({ type }) => type === 'Key'),
  };
}

const maxKnown = 10_000;

/** What is shown and new to us, with when it was first seen so. */
function awaitedNow(state: WatchState, unlogged: readonly ShownClaim[], at: number): Record<string, number> {
  const known = new Set(state.known);
  const isNew = unlogged.filter(({ id, published }) => !known.has(id) && Date.parse(published) >= state.since);
  return Object.fromEntries(isNew.map(({ id }) => [id, state.awaited[id] ?? at]));
}
