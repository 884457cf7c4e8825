import { Writable } from 'node:stream';
import { createAssertionSigner } from '@artdag/actor-context';
import { createLogger } from '@artdag/service-kit';
import { CliError } from './cli-error.ts';
import { connectionOf, serviceUrlOf, type CalledService } from './connection.ts';
import { callJson } from './call-json.ts';

/** Calls of a service's `/internal/admin`, each with an assertion of `admin`, whose key auth publishes meanwhile. */
export interface ServiceClient {
  post<T>(path: string, body: Record<string, unknown>): Promise<T>;
}

/** Opens the way to a service for `work` and closes it again. @throws CliError */
export async function withService<T>(
  env: NodeJS.ProcessEnv,
  service: CalledService,
  work: (client: ServiceClient) => Promise<T>,
): Promise<T> {
  const { authUrl, serviceKey } = connectionOf(env);
  const { url, variable } = serviceUrlOf(env, service);
  // What goes wrong is said by the command.
  const stream = new Writable({ write: (_line, _encoding, done) => done() });
  const logger = createLogger({ service: 'admin', level: 'error', stream });
  const assertions = createAssertionSigner({ service: 'admin', serviceKey, authUrl, logger });
  await assertions.start();
  try {
    return await work({
      async post(path, body) {
        const assertion = await assertions.forService(service).catch(() => Promise.reject(notRegistered(authUrl)));
        return await callJson({
          ...{ service, variable, url, path: `/internal/admin${path}` },
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
