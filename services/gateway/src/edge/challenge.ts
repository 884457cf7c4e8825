import { WWW_AUTHENTICATE } from '@artdag/actor-context';
import { AppError } from '@artdag/service-kit';

/** Services write the default realm of MSign into their challenges; where another is set, the edge puts it in. */
export interface Challenge {
  /** Of every 401 of our own. */
  readonly text: string;
  /** A value of `WWW-Authenticate`, with our realm. */
  rewrite(value: string): string;
  /** An error with our realm in its challenge. */
  of(error: unknown): unknown;
}

const defaultRealm = 'musehub';
const header = 'www-authenticate';

export function createChallenge(realm: string): Challenge {
  const rewrite = (value: string): string =>
    value.replaceAll(`MSign realm="${defaultRealm}"`, () => `MSign realm="${realm}"`);
  return {
    text: rewrite(WWW_AUTHENTICATE),
    rewrite,
    of(error) {
      const value = error instanceof AppError ? error.headers[header] : undefined;
      if (!(error instanceof AppError) || value === undefined || rewrite(value) === value) return error;
      const { code, status, message, detail, members, cause } = error;
      const headers = { ...error.headers, [header]: rewrite(value) };
      return new AppError(code, status, message, { headers, detail, members, cause });
    },
  };
}
