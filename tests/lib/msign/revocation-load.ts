import { setTimeout as sleep } from 'node:timers/promises';
import { eventually } from '@artdag/testing';
import { type Journal, judgeUse, newJournal } from '../revocation/journal.ts';
import { pick } from '../revocation/pick.ts';
import { type Answer, type Call, type Client, type Place, send, signedCall, signedRequest, verdict } from './client.ts';
import type { Owner, SigningKey } from './population.ts';

export interface SigningLoadOptions {
  places: readonly Place[];
  owners: readonly Owner[];
  /** Over how long the revocations are spread. */
  seconds: number;
  /** Clients that sign requests, each one at a time. */
  clients: number;
  /** Disables an account as an operator does. */
  disable: (actorId: string) => Promise<{ status: number; body: unknown }>;
  fault: () => Promise<void>;
}

export interface SigningLoadResult {
  journal: Journal;
  revoked: number;
  acceptedBefore: number;
  /** How the refused were refused: by code. */
  codes: Record<string, number>;
  /** Why revocations had to be asked for again. */
  repeated: Record<string, number>;
}

/** How long a revocation is asked for. */
const patienceMs = 60_000;
let serial = 0;

const sendSigned = (place: Place, who: Client, call: Call): Promise<Answer> =>
  send(place.origin, signedRequest(place, who, call));

const codeOf = (body: unknown): string => (body as { code?: string } | null)?.code ?? 'no code';

/** One use of a key at one gateway: mostly to read, now and then to change the owner's profile. */
function callOf(key: SigningKey): Call {
  serial += 1;
  if (key.kind === 'agent' || serial % 4 !== 0) return { path: `/auth/me?n=${serial}` };
  return { method: 'PATCH', path: `/api/identities/${key.handle}`, body: { bio: `number ${serial}` } };
}

/** Whether it was kept out: by its key, or by its account. */
const isRefused = (answer: Answer): boolean => answer.status === 401 || verdict(answer) === '403 account_disabled';

/** Uses, revokes and judges. */
export async function runSigningLoad(o: SigningLoadOptions): Promise<SigningLoadResult> {
  const journal = newJournal();
  const codes: Record<string, number> = {};
  const repeated: Record<string, number> = {};
  const all = o.owners.flatMap(({ keys }) => keys);
  const justDied: SigningKey[] = [];
  const state = { over: false };

  const use = async (key: SigningKey, place: Place): Promise<void> => {
    const answer = await sendSigned(place, key, callOf(key)).catch(() => undefined);
    if (!answer) return void (journal.lost += 1);
    const status = isRefused(answer) ? 401 : answer.status;
    if (status === 401) codes[verdict(answer)] = (codes[verdict(answer)] ?? 0) + 1;
    judgeUse(journal, key, { where: `gateway ${o.places.indexOf(place) + 1}`, ...answer, status });
  };
  const useEverywhere = (keys: readonly SigningKey[]): Promise<unknown> =>
    Promise.all(keys.flatMap((key) => o.places.map((place) => use(key, place))));
  const client = async (): Promise<void> => {
    while (!state.over) await use((Math.random() < 0.3 ? justDied.shift() : undefined) ?? pick(all), pick(o.places));
  };

  /** Asks until it is answered; every try is signed anew, and is another text, as a repeated one would be a replay. */
  async function untilDone(what: string, ask: (attempt: number) => Promise<{ status: number; body: unknown }>) {
    const started = performance.now();
    for (let attempt = 0; performance.now() < started + patienceMs; attempt += 1) {
      const answer = await ask(attempt).catch(() => undefined);
      journal.slowestRevokeMs = Math.max(journal.slowestRevokeMs, performance.now() - started);
      if (answer && answer.status < 300) {
        journal.revocations += 1;
        return;
      }
      if (answer && answer.status < 500)
        journal.unexpected.push(`${what}: ${answer.status} ${JSON.stringify(answer.body)}`);
      const said = answer ? `${answer.status} ${codeOf(answer.body)}` : 'no answer';
      const why = `${what}: ${said}`;
      repeated[why] = (repeated[why] ?? 0) + 1;
      journal.repeated += 1;
      await sleep(200);
    }
    journal.unexpected.push(`${what}: never answered`);
  }
  async function end(
    keys: readonly SigningKey[],
    what: string,
    ask: (attempt: number) => Promise<{ status: number; body: unknown }>,
  ) {
    const live = keys.filter(({ deadSince }) => deadSince === undefined);
    // With the store down a use may get 503, which says nothing of the key.
    await eventually(async () => {
      await useEverywhere(live);
      return live.every(({ accepted }) => accepted > 0);
    });
    for (const key of live) key.revokeSentAt ??= performance.now();
    await untilDone(what, ask);
    const now = performance.now();
    for (const key of live) key.deadSince ??= now;
    justDied.push(...live);
    await useEverywhere(live);
  }
  const revoke = (key: SigningKey): Promise<void> => {
    const { client: owner } = key.owner;
    const path =
      key.kind === 'agent' ? `/api/identities/agent/${key.handle}` : `/api/auth/keys/${owner.handle}/${key.keyId}`;
    return end([key], `DELETE ${key.kind}`, (attempt) =>
      sendSigned(pick(o.places), owner, { method: 'DELETE', path: `${path}?try=${attempt}` }),
    );
  };
  const disable = ({ client: { actorId }, keys }: Owner): Promise<void> =>
    end(keys, 'disabling an account', () => o.disable(actorId));

  /** A fifth of the owners is disabled; of all others each key ends by itself. */
  async function revokeAll(): Promise<void> {
    const at = async (work: () => Promise<void>): Promise<void> => {
      await sleep(Math.random() * o.seconds * 1000);
      await work();
    };
    await Promise.all(
      o.owners.flatMap((owner, place) =>
        place % 5 === 0 ? [at(() => disable(owner))] : owner.keys.map((key) => at(() => revoke(key))),
      ),
    );
  }

  const using = Array.from({ length: o.clients }, client);
  await Promise.all([revokeAll(), o.fault()]);
  state.over = true;
  await Promise.all(using);
  await sweep(o, journal);
  return {
    ...{ journal, codes, repeated, revoked: all.filter(({ deadSince }) => deadSince !== undefined).length },
    acceptedBefore: all.filter(({ accepted }) => accepted > 0).length,
  };
}

/** When everything is back, what was revoked is refused by every gateway, and the keys that stayed are let in. */
async function sweep(o: SigningLoadOptions, journal: Journal): Promise<void> {
  for (const [place, owner] of o.owners.entries())
    await Promise.all(
      o.places.map(async (gateway) => {
        const stays = await signedCall(gateway, owner.client, { path: '/auth/me' });
        if (place % 5 === 0 ? !isRefused(stays) : stays.status !== 200)
          journal.violations.push(`afterwards: an owner's key gets ${verdict(stays)}`);
        for (const key of owner.keys) {
          const answer = await signedCall(gateway, key, { path: '/auth/me' });
          if (!isRefused(answer)) journal.violations.push(`afterwards: a revoked ${key.kind} gets ${verdict(answer)}`);
        }
      }),
    );
}
