import { randomUUID } from 'node:crypto';
import { signServiceRequest } from '@artdag/actor-context';
import { callJson } from './call-json.ts';
import { connectionOf } from './connection.ts';

/** Calls of auth's `/internal/admin`, each signed with the service key of `admin`. */
export interface AdminClient {
  get<T>(path: string, query?: Record<string, string | undefined>): Promise<T>;
  post<T>(path: string, body?: Record<string, unknown>): Promise<T>;
}

const base = '/internal/admin';

/** @param operator who sits here, for the audit log */
export function createAdminClient(env: NodeJS.ProcessEnv, operator: string): AdminClient {
  const connection = connectionOf(env);
  const call = async <T>(method: 'GET' | 'POST', path: string, body: string): Promise<T> => {
    const key = connection.serviceKey;
    const authorization = signServiceRequest({
      service: 'admin',
      serviceKey: key,
      now: new Date(),
      method,
      path,
      body,
    });
    return await callJson<T>({
      ...{ service: 'auth', variable: 'AUTH_URL', url: connection.authUrl, path, method, headers: { authorization } },
      ...(method === 'POST' ? { body } : {}),
    });
  };
  return {
    get: (path, query = {}) => {
      const given = Object.entries({ ...query, as: operator }).filter(
        (entry): entry is [string, string] => entry[1] !== undefined,
      );
      return call('GET', `${base}${path}?${new URLSearchParams(given).toString()}`, '');
    },
    // Two equal commands within a second would else be one request, made twice.
    post: (path, body = {}) =>
      call('POST', base + path, JSON.stringify({ ...body, as: operator, nonce: randomUUID() })),
  };
}
