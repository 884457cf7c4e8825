/** A refusal, as the API writes it. */
export interface Problem {
  detail?: unknown;
  code?: string;
  /** With `msign_skew`: unix seconds. */
  server_time?: unknown;
}

/** The problem in a body; empty when it holds none. */
export function problemOf(parsed: unknown): Problem {
  if (typeof parsed !== 'object' || parsed === null) return {};
  const { detail, code, server_time } = parsed as Record<string, unknown>;
  return { detail, ...(typeof code === 'string' ? { code } : {}), server_time };
}
