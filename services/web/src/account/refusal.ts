import { z } from 'zod';
import type { GatewayAnswer } from '../gateway/gateway.ts';
import type { Html } from '../html/html.ts';

/** Why a form is shown again: with the form as a whole, with some of its fields, or both. */
export interface Refusal {
  status: number;
  message?: Html | string;
  /** By the name of the field. */
  fields?: Record<string, Html | string>;
}

const problemSchema = z.object({ code: z.string().optional(), detail: z.unknown().optional() });
const issuesSchema = z.array(
  z.object({ loc: z.array(z.union([z.string(), z.number()])), msg: z.string(), type: z.string() }),
);

/** The stable code of an error answer; empty when it has none. */
export function codeOf({ body }: GatewayAnswer): string {
  return problemSchema.safeParse(body).data?.code ?? '';
}

/** The fields that a 422 names, with what is said of each; a field within another one is `config.token`. */
export function issuesOf({ body }: GatewayAnswer): { field: string; message: string; type: string }[] {
  const issues = issuesSchema.safeParse(problemSchema.safeParse(body).data?.detail).data ?? [];
  return issues.map(({ loc, msg, type }) => ({ field: nameOf(loc), message: msg, type }));
}

/** Places in a list say nothing: one field holds it all. */
function nameOf(loc: (string | number)[]): string {
  return loc
    .slice(1)
    .filter((part) => typeof part === 'string')
    .join('.');
}

/** How a form's page says what the API has refused. */
export interface Words {
  /** By the code of the answer: what is said of the form, or of its fields. */
  codes?: Record<string, string | Record<string, string>>;
  /** By the names of the fields that a 422 may name. */
  fields?: Record<string, string>;
  /** Of everything else. */
  otherwise: string;
}

/** Why a form is shown again, in the words of its page. */
export function refusalBy({ codes = {}, fields = {}, otherwise }: Words, answer: GatewayAnswer): Refusal {
  const common = commonRefusal(answer);
  if (common !== undefined) return common;
  const status = answer.status >= 400 ? answer.status : 502;
  const code = codeOf(answer);
  const said = Object.hasOwn(codes, code) ? codes[code] : undefined;
  if (typeof said === 'string') return { status, message: said };
  if (said !== undefined) return { status, fields: said };
  const wrong = issuesOf(answer).flatMap(({ field }) =>
    Object.hasOwn(fields, field) ? [[field, fields[field] ?? ''] as const] : [],
  );
  if (wrong.length > 0) return { status: 400, fields: Object.fromEntries(wrong) };
  return { status, message: otherwise };
}

/**
 * What is wrong with the fields that a 422 names, in words for people. The API's own are for programmers, except where a rule of ours has
 * made them; of several for one field the first counts.
 *
 * @param rules what is said by default, by the name of the field
 */
export function fieldsOf(answer: GatewayAnswer, rules: Record<string, string>): Record<string, string> {
  const known = issuesOf(answer).filter(({ field }) => Object.hasOwn(rules, field));
  return Object.fromEntries(
    known.toReversed().map(({ field, message, type }) => [field, type === 'custom' ? message : (rules[field] ?? '')]),
  );
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
