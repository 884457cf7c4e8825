import { startProcess, type StartedProcess } from '@artdag/testing';
import { call } from './api-client.ts';
import { fedifyPeer } from './scripts.ts';

export type Scheme = 'draft-cavage' | 'rfc9421';
type Verdict = 'verified' | 'invalid' | 'absent';

/** What reached the peer, with the verdicts of Fedify's own verifiers. */
export interface Arrival {
  id: string;
  type: string;
  actor: string;
  scheme: Scheme | 'none';
  httpSignature: { verified: boolean; keyId?: string; reason?: string };
  proof: Verdict;
  linkedDataSignature: Verdict;
  status: number;
  effect: boolean;
  body: Record<string, unknown>;
}

/** A request in or out of the peer. */
export interface Passed {
  direction: 'in' | 'out';
  method: string;
  url: string;
  scheme: Scheme | 'none';
  keyId?: string;
  /** `Signature-Input`. */
  input?: string;
  status: number;
}

/** What the peer sent, and how that was answered where it was not with success. */
export interface Sent {
  id: string;
  object: string;
  refused: { status: number; body: string } | null;
}

/** See tests/fedify-peer/settings.mjs. */
export interface PeerSettings {
  speaks: Scheme;
  takes: Scheme | null;
  acceptSignature: boolean;
  forwardsTo: string | null;
  answersFollows: 'Accept' | 'Reject' | null;
  wantsSignedFetches: boolean;
  takesFetches: Scheme | null;
  signsFetches: boolean;
  gone: boolean;
}

export interface FedifyPeer {
  url: string;
  /** Its actor. */
  actor: string;
  process: StartedProcess;
  set(settings: Partial<PeerSettings>): Promise<unknown>;
  /** Sends a signed Follow of `acct:user@host`. */
  follow(target: string): Promise<{ id: string }>;
  /** Undoes the last Follow of that target. */
  unfollow(target: string): Promise<Sent>;
  /** Sends an activity of tests/fedify-peer/activities.mjs; a `patient` one by Fedify's queue, which tries again. */
  send(o: {
    target: string;
    what: string;
    former?: boolean;
    patient?: boolean;
    [about: string]: unknown;
  }): Promise<Sent>;
  /** Sends a document as it stands, in a request that it signs. */
  post(o: { inbox: string; document: Record<string, unknown> }): Promise<{ status: number; body: string }>;
  /** Gives it a new RSA key. */
  rotate(o: { sameId: boolean }): Promise<{ former: string; present: string }>;
  /** Reads a document by Fedify's loaders. */
  read(url: string, o: { signed: boolean }): Promise<{ document?: Record<string, unknown>; error?: string }>;
  /** The next deliveries get that status. */
  fail(o: { status: number; times: number }): Promise<unknown>;
  /** Forgets the keys that it has found. */
  forget(): Promise<unknown>;
  /** What Fedify's verifiers say of documents. */
  verify(documents: readonly Record<string, unknown>[]): Promise<{ proof: Verdict; linkedDataSignature: Verdict }[]>;
  received(): Promise<{ received: Arrival[]; effects: Record<string, number> }>;
  /** All requests in and out, and who asked for its actor by signed requests. */
  wire(): Promise<{ wire: Passed[]; fetchers: (string | null)[] }>;
}

/** Starts a Fedify server: a fediverse server that is not ours. */
export async function startFedifyPeer(): Promise<FedifyPeer> {
  const process = await startProcess({ script: fedifyPeer, readyLine: /fedify-peer ready (\S+)/ });
  const control = async (name: string, body?: unknown): Promise<unknown> => {
    const answer = await call(process.url, `/control/${name}`, body === undefined ? {} : { body });
    if (answer.status !== 200)
      throw new Error(`the peer's ${name} answered ${answer.status}: ${JSON.stringify(answer.body)}`);
    return answer.body;
  };
  const run =
    <T>(name: string) =>
    async (body: unknown): Promise<T> =>
      (await control(name, body)) as T;
  const verify = run<{ verdicts: { proof: Verdict; linkedDataSignature: Verdict }[] }>('verify');
  const read = run<{ document?: Record<string, unknown>; error?: string }>('read');
  return {
    url: process.url,
    actor: `${process.url}/users/peer`,
    process,
    set: run('set'),
    follow: (target) => run<{ id: string }>('follow')({ target }),
    unfollow: (target) => run<Sent>('unfollow')({ target }),
    send: run('send'),
    post: run('post'),
    rotate: run('rotate'),
    read: (url, o) => read({ url, ...o }),
    fail: run('fail'),
    forget: () => control('forget', {}),
    verify: async (documents) => (await verify({ documents })).verdicts,
    received: async () => (await control('received')) as { received: Arrival[]; effects: Record<string, number> },
    wire: async () => (await control('wire')) as { wire: Passed[]; fetchers: (string | null)[] },
  };
}
