import { createAssertionSigner, serviceKey } from '@artdag/actor-context';
import { quietLogger } from '@artdag/testing';
import { send, type Answer } from './revocation/http.ts';

/** What an operator does, by auth's internal routes and the service key of `admin`. */
export interface Operator {
  disable(actorId: string): Promise<Answer>;
  rotateKey(): Promise<Answer>;
  stop(): Promise<void>;
}

export async function createOperator(o: {
  auths: readonly string[];
  secrets: { internal: string };
}): Promise<Operator> {
  const anyAuth = (): string => o.auths[Math.floor(Math.random() * o.auths.length)] ?? '';
  const signer = createAssertionSigner({
    service: 'admin',
    serviceKey: serviceKey(o.secrets.internal, 'admin'),
    authUrl: o.auths[0] ?? '',
    logger: quietLogger(),
  });
  await signer.start();
  await signer.ready();
  const post = async (path: string, body: unknown): Promise<Answer> =>
    send(anyAuth(), {
      method: 'POST',
      path,
      headers: { 'x-actor-assertion': await signer.forService('auth') },
      body,
    });
  return {
    disable: (actorId) => post(`/internal/admin/actors/${encodeURIComponent(actorId)}/disable`, {}),
    rotateKey: () => post('/internal/admin/keys/rotate', {}),
    stop: () => signer.stop(),
  };
}
