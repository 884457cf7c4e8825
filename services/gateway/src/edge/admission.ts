import { AppError } from '@artdag/service-kit';
import type { Route } from '../route-table.ts';
import { refuseCredentialsInQuery } from '../routing/query.ts';
import type { Router } from '../routing/router.ts';
import { isInternal, parseTarget } from '../routing/target.ts';

/**
 * The route of a request, decided from its first line alone.
 *
 * @param url the raw request target
 * @throws AppError 400 `invalid_path` or `credential_in_query`, 404 `not_found`, 405 `method_not_allowed` with `Allow`
 */
export function admit(router: Router, method: string, url: string): Route {
  const { path, query } = parseTarget(url);
  if (isInternal(path)) throw notFound();
  refuseCredentialsInQuery(query);
  const match = router.match(method, path);
  if (!match) throw notFound();
  if ('allow' in match) {
    throw new AppError('method_not_allowed', 405, `This path does not take ${method}; it takes ${match.allow}.`, {
      headers: { allow: match.allow },
    });
  }
  return match.route;
}

function notFound(): AppError {
  return new AppError('not_found', 404, 'Not Found');
}
