import type { ActorKey } from './actor-keys.ts';

/** An actor of this installation: our copy of what auth and identity tell of it. */
export interface LocalActor {
  /** `user:…`, `agent:…`, `service:…`. */
  actorId: string;
  username: string;
  apId: string;
  /** ActivityStreams type. */
  type: string;
  displayName: string | null;
  /** Plain text, with line ends. */
  bio: string | null;
  avatarUrl: string | null;
  websiteUrl: string | null;
  keys: ActorKey[];
  createdAt: Date;
  deletedAt: Date | null;
}

export type ActorKind = 'human' | 'agent' | 'service';

/** People are Persons; agents and services are Services. */
export function activityStreamsType(kind: ActorKind): 'Person' | 'Service' {
  return kind === 'human' ? 'Person' : 'Service';
}

/** The kind is in the id's prefix. */
export function kindOf(actorId: string): ActorKind {
  if (actorId.startsWith('agent:')) return 'agent';
  return actorId.startsWith('service:') ? 'service' : 'human';
}
