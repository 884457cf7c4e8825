import { AppError } from '@artdag/service-kit';
import type { ActorDirectory } from '../actors/actor-directory.ts';
import { acceptanceOf } from './accept.ts';
import { firstUses, isUnsafe } from './first-uses.ts';
import { judgeKey, mayAct, type KeyRefusal } from './judge-key.ts';
import type { Accepted } from './key-list.ts';
import type { KeyLists } from './key-lists.ts';
import type { KeyUses } from './key-uses.ts';
import { proveKey, type Proof, type RequestToVerify } from './prove-key.ts';
import type { Use } from './seen.repository.ts';
import type { Turns } from './turns.ts';

/** `unavailable`: nobody can say now, since PostgreSQL or auth is away. */
export interface Refused {
  ok: false;
  code: 'bad_signature' | KeyRefusal | 'account_disabled' | 'replayed' | 'unavailable';
}

export type Verdict = Accepted | Refused;

export interface VerifyBatchDeps {
  lists: KeyLists;
  actors: Pick<ActorDirectory, 'peek' | 'get'>;
  turns: Turns;
  acceptLegacy: boolean;
  /** Notes uses durably and gives the hashes that were new. */
  insertSeen: (uses: readonly Use[]) => Promise<Buffer[]>;
  uses: Pick<KeyUses, 'note'>;
  now: () => Date;
  /** Told why requests of a batch could not be judged. */
  onFailure: (error: unknown) => void;
}

/** A request that its key's holder has made and may make, unless it was used before. */
interface Good {
  request: RequestToVerify;
  proof: Proof;
  ts: number;
  accepted: Accepted;
}

/**
 * Judges signed requests (public-key-auth.md §4); the verdicts come in the order of the requests. One that can change something is accepted
 * only after its use has committed.
 *
 * @throws AppError 503 `dependency_unavailable` when none could be judged
 */
export async function verifyBatch(deps: VerifyBatchDeps, requests: readonly RequestToVerify[]): Promise<Verdict[]> {
  const failures: unknown[] = [];
  const judged = await Promise.all(
    requests.map((request) => judgeOne(deps, request).catch((error: unknown) => unavailable(failures, error))),
  );
  const once = judged.filter((one): one is Good => 'proof' in one && isUnsafe(one.request.method));
  const first = await useOnce(deps, once).catch((error: unknown) => void failures.push(error));
  // They have one cause, as a rule.
  if (failures.length > 0) deps.onFailure(failures[0]);
  const verdicts = judged.map((one) => ('proof' in one ? verdictOf(one, first) : one));
  if (verdicts.every((verdict) => !verdict.ok && verdict.code === 'unavailable')) throw nobodyCanSay();
  return verdicts;
}

async function judgeOne(deps: VerifyBatchDeps, request: RequestToVerify): Promise<Good | Refused> {
  const known = deps.lists.peek(request.handle);
  const list = known === undefined ? await deps.lists.load(request.handle) : known;
  const proof = await proveKey(deps, list, request);
  if (proof === undefined || list === null) return refused('bad_signature');
  const ended = judgeKey(list, proof.key, deps.now().getTime());
  if (ended !== undefined) return refused(ended);
  const actorIds = list.ownerActorId === null ? [list.actorId] : [list.actorId, list.ownerActorId];
  const actors = await Promise.all(actorIds.map(async (id) => deps.actors.peek(id) ?? (await deps.actors.get(id))));
  const actor = actors[0] ?? null;
  if (actor === null || !mayAct(actors)) return refused('account_disabled');
  return { request, proof, ts: request.ts, accepted: acceptanceOf(list, proof.key, actor) };
}

/** Those of `once` that are used for the first time. */
async function useOnce(deps: VerifyBatchDeps, once: readonly Good[]): Promise<ReadonlySet<Good>> {
  const first = await firstUses(deps.insertSeen, once);
  for (const { proof } of first) deps.uses.note(proof.key.id);
  return first;
}

function unavailable(failures: unknown[], error: unknown): Refused {
  failures.push(error);
  return refused('unavailable');
}

/** @param first undefined when PostgreSQL does not say */
function verdictOf(good: Good, first: ReadonlySet<Good> | undefined): Verdict {
  if (!isUnsafe(good.request.method)) return good.accepted;
  if (first === undefined) return refused('unavailable');
  return first.has(good) ? good.accepted : refused('replayed');
}

function refused(code: Refused['code']): Refused {
  return { ok: false, code };
}

function nobodyCanSay(): AppError {
  const message = 'The signature cannot be verified now; try again shortly.';
  return new AppError('dependency_unavailable', 503, message, { headers: { 'Retry-After': '2' } });
}
