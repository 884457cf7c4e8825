import type { KeyObject } from 'node:crypto';
import type { KnownActor } from '../actors/auth-client.ts';

/** Everything that verifying a request signed for a handle takes, as PostgreSQL has it. */
export interface KeyList {
  handle: string;
  actorId: string;
  identityType: 'human' | 'agent';
  /** What an agent may do; empty for humans. */
  capabilities: string[];
  /** The actor that made an agent; null for humans. */
  ownerActorId: string | null;
  /** Epoch milliseconds. */
  expiresAt: number | null;
  ended: boolean;
  endReason: string | null;
  /** Live ones first, newest first; then those that ended last. */
  keys: PublicKey[];
}

export interface PublicKey {
  id: string;
  /** With its prefix. */
  fingerprint: string;
  publicKey: KeyObject;
  /** Epoch milliseconds. */
  expiresAt: number | null;
  revoked: boolean;
  /** What is answered for it, made from `actor`: as long as the directory gives that very object, it holds. */
  acceptance?: { actor: KnownActor; answer: Accepted };
}

/** A request that is the actor's, as the gateway wants it. */
export interface Accepted {
  ok: true;
  /** Changes whenever the assertion would. */
  caller: string;
  /** Under which the request may have been revoked: the key, its actor, and an agent's owner. */
  ids: string[];
  assertion: object;
}
