import { AppError } from '@artdag/service-kit';
import { decodePercent } from './target.ts';

const credentialNames = new Set(['api_key', 'access_token']);

/**
 * Refuses credentials in the query string: it ends up in logs, histories and `Referer` headers.
 *
 * @param query raw query without the `?`
 * @throws AppError 400 `credential_in_query`, without the value
 */
export function refuseCredentialsInQuery(query: string | undefined): void {
  if (query === undefined || !/api|access|%/i.test(query)) return;
  for (const pair of query.split(/[&;]/)) {
    const name = pair.split('=', 1)[0] ?? '';
    if (!credentialNames.has(decodePercent(name).toLowerCase())) continue;
    throw new AppError(
      'credential_in_query',
      400,
      'Credentials are not read from the query string. Send them in the Authorization or X-API-Key header, and treat this one as leaked.',
    );
  }
}
