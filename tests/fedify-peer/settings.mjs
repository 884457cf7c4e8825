import { formatAcceptSignature } from '@fedify/fedify/sig';
import { signatureOf } from './wire.mjs';

/** What the peer is like until a test sets it otherwise (`POST /control/set`). Schemes are `draft-cavage` and `rfc9421`. */
export const DEFAULTS = {
  /** The scheme that it signs with at first. */
  speaks: 'rfc9421',
  /** The only scheme that its inboxes take; both if null. */
  takes: null,
  /** Whether a refusal says what would be taken (RFC 9421 §5). */
  acceptSignature: false,
  /** The activities that Fedify has to forward go to this actor. */
  forwardsTo: null,
  /** How it answers a Follow: `Accept`, `Reject` or null. */
  answersFollows: null,
  /** Whether its actor is shown to signed requests only. */
  wantsSignedFetches: false,
  /** The only scheme that such a request may be signed by; both if null. */
  takesFetches: null,
  /** Whether it signs its own fetches of actors and keys. */
  signsFetches: false,
  /** Whether its actor is gone. */
  gone: false,
};

const SPECS = { rfc9421: 'rfc9421', 'draft-cavage': 'draft-cavage-http-signatures-12' };

/** Fedify's name of a scheme. */
export const specOf = (scheme) => SPECS[scheme];

const REQUEST = [
  {
    label: 'sig1',
    components: ['@method', '@target-uri', '@authority', 'content-digest'].map((value) => ({ value, params: {} })),
    parameters: { created: true },
  },
];

/** The refusal of a request that is signed by another scheme than the one that is taken. Fedify itself takes both. */
export function refuseOtherScheme(request, taken, acceptSignature) {
  if (taken === null || signatureOf(request.headers).scheme === taken) return undefined;
  const headers = acceptSignature ? { 'accept-signature': formatAcceptSignature(REQUEST) } : {};
  return new Response(null, { status: 401, headers });
}
