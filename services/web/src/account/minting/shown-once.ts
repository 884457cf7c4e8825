import { createCipheriv, createDecipheriv, hkdfSync, randomBytes } from 'node:crypto';
import { cookieValues } from '@artdag/service-kit';
import type { Request, Response } from 'express';
import { z } from 'zod';
import { sessionSecretOf } from '../../gateway/session-secret.ts';
import type { MadeSecret } from './secret-kind.ts';

/** Carries a new secret from the form to the one page that shows it: in a cookie that only we can read, so that replicas need no store. */
export interface ShownOnce {
  /** @returns false for a secret that no cookie can hold */
  put(req: Request, res: Response, page: string, made: MadeSecret): boolean;
  /** The secret that is on its way to this page of this session, and takes it out of the browser. Undefined when there is none (any more). */
  take(req: Request, res: Response, page: string): MadeSecret | undefined;
}

const name = 'made';
const lifeMs = 5 * 60 * 1000;
/** Browsers keep 4,096 bytes of a cookie, its name and attributes among them. */
const maxLength = 3_800;
const cipher = 'aes-256-gcm';
const [nonceBytes, tagBytes] = [12, 16];

const keptSchema = z.object({ secret: z.string(), label: z.string(), end: z.string().nullable(), until: z.number() });

/** @param o.serviceKey hex; what is sealed with it can be opened by all replicas */
export function createShownOnce(o: { serviceKey: string; publicScheme: 'https' | 'http' }): ShownOnce {
  const key = Buffer.from(hkdfSync('sha256', Buffer.from(o.serviceKey, 'hex'), '', 'artdag web: shown once', 32));
  const attributes = `HttpOnly; SameSite=Strict${o.publicScheme === 'https' ? '; Secure' : ''}`;
  const setCookie = (res: Response, page: string, value: string, maxAgeMs: number): void => {
    res.append('set-cookie', `${name}=${value}; Path=${page}; Max-Age=${maxAgeMs / 1000}; ${attributes}`);
  };
  return {
    put(req, res, page, made) {
      const value = seal(key, boundTo(req, page), JSON.stringify({ ...made, until: Date.now() + lifeMs }));
      if (value.length > maxLength) return false;
      setCookie(res, page, value, lifeMs);
      return true;
    },
    take(req, res, page) {
      const values = cookieValues(req.get('cookie'), name);
      if (values.length > 0) setCookie(res, page, '', 0);
      const kept = values.map((value) => open(key, boundTo(req, page), value)).find((text) => text !== undefined);
      if (kept === undefined) return undefined;
      const { until, ...made } = keptSchema.parse(JSON.parse(kept));
      return until > Date.now() ? made : undefined;
    },
  };
}

/** Nobody can have another's secret shown here by planting its cookie. */
function boundTo(req: Request, page: string): Buffer {
  return Buffer.from(`${page} ${sessionSecretOf(req.get('cookie')) ?? ''}`);
}

function seal(key: Buffer, context: Buffer, text: string): string {
  const nonce = randomBytes(nonceBytes);
  const sealing = createCipheriv(cipher, key, nonce).setAAD(context);
  const sealed = Buffer.concat([sealing.update(text, 'utf8'), sealing.final()]);
  return Buffer.concat([nonce, sealing.getAuthTag(), sealed]).toString('base64url');
}

function open(key: Buffer, context: Buffer, value: string): string | undefined {
  const bytes = Buffer.from(value, 'base64url');
  if (bytes.length < nonceBytes + tagBytes) return undefined;
  const opening = createDecipheriv(cipher, key, bytes.subarray(0, nonceBytes), { authTagLength: tagBytes })
    .setAAD(context)
    .setAuthTag(bytes.subarray(nonceBytes, nonceBytes + tagBytes));
  try {
    return opening.update(bytes.subarray(nonceBytes + tagBytes), undefined, 'utf8') + opening.final('utf8');
  } catch {
    return undefined;
  }
}
