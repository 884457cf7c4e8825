import type { Response } from 'express';
import type { GatewayAnswer } from '../gateway/gateway.ts';

/** Hands the cookies of the API's answer through. */
export function passCookies(res: Response, { setCookies }: GatewayAnswer): void {
  if (setCookies.length > 0) res.append('set-cookie', setCookies);
}

/** 303: the browser goes on with a GET, and going back does not send the form again (RFC 9110 §15.4.4). */
export function seeOther(res: Response, path: string): void {
  res.set('cache-control', 'no-store').redirect(303, path);
}
