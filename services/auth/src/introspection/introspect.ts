import type { Introspected } from './introspected.ts';
import { resolveSession, type ResolveSessionDeps } from './resolve-token.ts';

export interface IntrospectDeps extends ResolveSessionDeps {
  resolveApiKey: (key: string) => Promise<Introspected | null>;
  /** Last uses, at most once a minute each. */
  uses: { noteUse(ids: readonly string[], now: Date): Promise<void> };
}

/** Whom an opaque credential stands for, as the assertion that the gateway is to make of it. */
export type Introspection = ({ active: true } & Introspected) | { active: false };

/** A session's secret or an API key. That it is asked for counts as a use. */
export async function introspect(
  deps: IntrospectDeps,
  credential: { token: string } | { api_key: string },
): Promise<Introspection> {
  if ('api_key' in credential) return answerOf(await deps.resolveApiKey(credential.api_key));
  const found = await resolveSession(deps, credential.token);
  if (typeof found?.sid === 'string') await deps.uses.noteUse([found.sid], deps.now());
  return answerOf(found);
}

function answerOf(found: Introspected | null): Introspection {
  return found === null ? { active: false } : { active: true, ...found };
}
