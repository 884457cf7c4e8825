import type { Credential } from './population.ts';

/** What happened to the requests of a run. */
export interface Journal {
  /** Accepted before anybody asked for the revocation of what they carried. */
  accepted: number;
  /** Accepted while the revocation was under way, which either outcome of the race allows. */
  acceptedMeanwhile: number;
  /** 401 after the revocation was asked for. */
  refused: number;
  /** 503, whose caller knows no more than before. */
  unavailable: number;
  /** Connections that were lost; no process is killed, so there are none. */
  lost: number;
  revocations: number;
  /** Revocations that had to be asked for again. */
  repeated: number;
  slowestRevokeMs: number;
  refreshed: number;
  minted: number;
  /** What must never be. */
  violations: string[];
  /** Whatever has no place above. */
  unexpected: string[];
}

export function newJournal(): Journal {
  return {
    accepted: 0,
    acceptedMeanwhile: 0,
    refused: 0,
    unavailable: 0,
    lost: 0,
    revocations: 0,
    repeated: 0,
    slowestRevokeMs: 0,
    refreshed: 0,
    minted: 0,
    violations: [],
    unexpected: [],
  };
}

/** Whether a run was not much slower, and not much more often without an answer, than one in which nothing was wrong, on this machine at this time. */
export function isLike(calm: Journal, journal: Journal, o: { addedMs: number; addedShare: number }): boolean {
  const shareOf503 = ({ unavailable, refused }: Journal): number => unavailable / Math.max(1, refused);
  return (
    journal.slowestRevokeMs < calm.slowestRevokeMs + o.addedMs && shareOf503(journal) < shareOf503(calm) + o.addedShare
  );
}

const ms = (value: number): string => `${value.toFixed(0)} ms`;

/** Judges the answer to one use of a credential. `sentAt` and `answeredAt` as `performance.now()` gave them. */
export function judgeUse(
  journal: Journal,
  credential: Pick<Credential, 'accepted' | 'revokeSentAt' | 'deadSince'> & { kind: string },
  use: { where: string; status: number; sentAt: number; answeredAt: number },
): void {
  const { deadSince, revokeSentAt } = credential;
  const { where, status, sentAt, answeredAt } = use;
  if (status >= 200 && status < 300) {
    if (deadSince !== undefined && deadSince <= sentAt)
      journal.violations.push(`${credential.kind} accepted by ${where} ${ms(sentAt - deadSince)} after its end`);
    else if (revokeSentAt === undefined) {
      journal.accepted += 1;
      credential.accepted += 1;
    } else journal.acceptedMeanwhile += 1;
  } else if (status === 401) {
    if (revokeSentAt === undefined || revokeSentAt > answeredAt)
      journal.violations.push(`${credential.kind} refused by ${where} though nobody has revoked it`);
    else journal.refused += 1;
  } else if (status === 503) journal.unavailable += 1;
  else journal.unexpected.push(`${credential.kind} at ${where}: ${status}`);
}
