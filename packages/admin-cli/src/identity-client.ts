import { Writable } from 'node:stream';
import { createAssertionSigner } from '@artdag/actor-context';
import { createLogger } from '@artdag/service-kit';
import { CliError } from './cli-error.ts';
import { connectionOf, identityUrlOf } from './connection.ts';
import { callJson } from './call-json.ts';

/** Calls of identity's `/internal/admin`, each with an assertion of `admin`, whose key auth publishes meanwhile. */
export interface IdentityClient {
  post<T>(path: string, body: Record<string, unknown>): Promise<T>;
}

/** Opens the way to identity for `work` and closes it again. @throws CliError */
export async function withIdentity<T>(
  env: NodeJS.ProcessEnv,
  work: (client: IdentityClient) => Promise<T>,
): Promise<T> {
  const { authUrl, serviceKey } = connectionOf(env);
  const identityUrl = identityUrlOf(env);
  // What goes wrong is said by the command.
  const stream = new Writable({ write: (_line, _encoding, done) => done() });
  const logger = createLogger({ service: 'admin', level: 'error', stream });
  const assertions = createAssertionSigner({ service: 'admin', serviceKey, authUrl, logger });
  await assertions.start();
  try {
    return await work({
      async post(path, body) {
        const assertion = await assertions.forService('identity').catch(() => Promise.reject(notRegistered(authUrl)));
        return await callJson({
          ...{ service: 'identity', variable: 'IDENTITY_URL', url: identityUrl, path: `/internal/admin${path}` },
          ...{ method: 'POST', headers: { 'x-actor-assertion': assertion }, body: JSON.stringify(body) },
        });
      },
    });
  } finally {
    await assertions.stop();
  }
}

function notRegistered(authUrl: string): CliError {
  return new CliError(
    `auth at ${authUrl} does not take our key. Is it running, and are AUTH_URL and SERVICE_KEY or INTERNAL_SECRET right?`,
  );
}
