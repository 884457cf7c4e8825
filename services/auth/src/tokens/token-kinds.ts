/** How the JWTs of ours are told apart (credentials.md §3): who mints and who verifies read it here. */
export const tokenKinds = {
  /** Of a session: login, refresh, and the `platform_token` cookie. */
  access: { typ: 'at+jwt', maxTtlSeconds: 24 * 3600 },
  /** `POST /v1/tokens`. */
  api: { typ: 'api+jwt', maxTtlSeconds: 90 * 24 * 3600 },
  /** Of a user, for one L1. */
  l1: { typ: 'l1+jwt', maxTtlSeconds: 30 * 24 * 3600 },
} as const;

export type TokenKind = keyof typeof tokenKinds;

/** How far clocks may be apart. */
export const leewaySeconds = 30;

/** A key that signs no more goes on verifying until every token that it may have signed has expired. */
export const longestTokenLifeMs =
  (Math.max(...Object.values(tokenKinds).map(({ maxTtlSeconds }) => maxTtlSeconds)) + leewaySeconds) * 1000;
