import {
  acceptSignatureHeader,
  SignatureError,
  signatureKeyIds,
  verifyRequest,
  type PublicKeyOfOwner,
} from '@artdag/http-signatures';
import { AppError } from '@artdag/service-kit';
import type { Request } from 'express';
import type { L1ServerRow } from '../l1-servers/l1-server.ts';

/** @throws AppError 401 when the request is not signed by the L1 that it names */
export type RequireSignature = (req: Request, server: L1ServerRow) => Promise<void>;

export interface RequireSignatureOptions {
  /** Hosts for which a signature may have been made. */
  authorities: readonly string[];
  publicScheme: 'https' | 'http';
  now: () => Date;
}

const wanted = acceptSignatureHeader(['@method', '@target-uri', 'content-digest']);

/**
 * Demands an HTTP signature of the L1 that is named (`L1_REQUIRE_SIGNED_VERIFY`), in either scheme, by the key that operators registered for it.
 * Its `keyId` is below the L1's address, as in `https://l1.example#main-key`.
 */
export function createRequireSignature(o: RequireSignatureOptions): RequireSignature {
  return async (req, server) => {
    const { method, originalUrl, headers, rawHeaders, rawBody: body = Buffer.alloc(0) } = req;
    const isOfServer = (keyId: string): boolean => isBelow(keyId, server.url);
    try {
      const publicKeyPem = keyFor(server, signatureKeyIds(req));
      const key = (keyId: string): Promise<PublicKeyOfOwner> =>
        isOfServer(keyId) ? Promise.resolve({ publicKeyPem, owner: server.url }) : Promise.reject(somebodyElses());
      const { authorities, publicScheme: scheme } = o;
      const request = { method, originalUrl, headers, rawHeaders, body };
      await verifyRequest({ ...request, key, now: o.now(), authorities, scheme, prefers: isOfServer });
    } catch (error) {
      if (error instanceof SignatureError) throw refused(error.code, error.message);
      throw error;
    }
  };
}

/** The registered key, if the request claims to be signed by it. */
function keyFor({ url, publicKeyPem }: L1ServerRow, keyIds: readonly string[]): string {
  if (!keyIds.some((keyId) => isBelow(keyId, url))) throw somebodyElses();
  if (publicKeyPem !== null) return publicKeyPem;
  const message = 'No public key is registered for this L1. Give it to the operators: artdag-admin l1 set-key.';
  throw refused('key_unavailable', message);
}

function somebodyElses(): AppError {
  return refused(
    'key_owner_mismatch',
    'The keyId is not below the address of this L1, as in https://l1.example#main-key.',
  );
}

function isBelow(keyId: string, url: string): boolean {
  return keyId === url || keyId.startsWith(`${url}#`) || keyId.startsWith(`${url}/`);
}

function refused(code: string, message: string): AppError {
  return new AppError(code, 401, message, { headers: { 'cache-control': 'no-store', 'accept-signature': wanted } });
}
