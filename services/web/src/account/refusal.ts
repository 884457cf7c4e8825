import { z } from 'zod';
import type { GatewayAnswer } from '../gateway/gateway.ts';

/** Why a form is shown again: with the form as a whole, with some of its fields, or both. */
export interface Refusal {
  status: number;
  message?: string;
  /** By the name of the field. */
  fields?: Record<string, string>;
}

const problemSchema = z.object({ code: z.string().optional(), detail: z.unknown().optional() });
const issuesSchema = z.array(
  z.object({ loc: z.array(z.union([z.string(), z.number()])), msg: z.string(), type: z.string() }),
);

/** The stable code of an error answer; empty when it has none. */
export function codeOf({ body }: GatewayAnswer): string {
  return problemSchema.safeParse(body).data?.code ?? '';
}

/** The fields that a 422 names, with what is said of each. */
export function issuesOf({ body }: GatewayAnswer): { field: string; message: string; type: string }[] {
  const issues = issuesSchema.safeParse(problemSchema.safeParse(body).data?.detail).data ?? [];
  return issues.map(({ loc, msg, type }) => ({ field: String(loc[1] ?? ''), message: msg, type }));
}

/** What is the same for every form: too many tries, and a server that cannot. Undefined for everything else. */
export function commonRefusal(answer: GatewayAnswer): Refusal | undefined {
  const { status, retryAfter } = answer;
  if (status === 429) return { status, message: `Too many tries. Try again ${inWords(retryAfter)}.` };
  if (status < 500) return undefined;
  return { status, message: `This does not work at the moment. Try again ${inWords(retryAfter)}.` };
}

/** `Retry-After` in seconds (RFC 9110 §10.2.3) for people. */
export function inWords(retryAfter: string | undefined): string {
  const seconds = /^\d{1,6}$/.test(retryAfter ?? '') ? Number(retryAfter) : 0;
  if (seconds === 0) return 'in a moment';
  if (seconds <= 90) return seconds === 1 ? 'in 1 second' : `in ${seconds} seconds`;
  return `in ${Math.ceil(seconds / 60)} minutes`;
}
