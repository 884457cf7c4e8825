import { textOf } from '@artdag/msign';
import { signAs, type Signer } from '../../credential.ts';

/** The header with which a request is signed at a time, and the text that is signed. */
export function showSignature(
  signer: Signer,
  request: { method: string; url: URL; body?: Buffer | undefined },
  now: Date,
): string {
  return `Authorization: ${signAs(signer, request, now)}\n\n${textOf(request, { now, legacy: signer.legacy })}`;
}
