import { textOf } from '@artdag/msign';
import { signAs, type Signer } from '../../credential.ts';

interface Signed {
  method: string;
  url: URL;
  body?: Buffer | undefined;
}

/** The header with which a request is signed at a time, and the text that is signed. */
export function signatureOf(
  signer: Signer,
  request: Signed,
  now: Date,
): { authorization: string; signed_text: string } {
  return {
    authorization: signAs(signer, request, now),
    signed_text: textOf(request, { now, legacy: signer.legacy }),
  };
}

/** The same for people. */
export function showSignature(signer: Signer, request: Signed, now: Date): string {
  const { authorization, signed_text } = signatureOf(signer, request, now);
  return `Authorization: ${authorization}\n\n${signed_text}`;
}
