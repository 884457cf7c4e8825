import { jcs } from '@artdag/claims';
import { isPlainText } from './text-rules.ts';

const maxBytes = 16 * 1024;
const maxDepth = 32;

/** What is wrong with a value as an asset's metadata, or undefined. */
export function metadataProblem(value: unknown): string | undefined {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return 'Metadata is a JSON object.';
  const problem = valueProblem(value, 1);
  if (problem !== undefined) return problem;
  return Buffer.byteLength(jcs(value)) > maxBytes ? 'Metadata has at most 16 KiB.' : undefined;
}

/** Depth is judged before anything recurses deeper, so that no nesting exhausts the stack. */
function valueProblem(value: unknown, depth: number): string | undefined {
  if (typeof value === 'string') return isPlainText(value) ? undefined : textProblem;
  if (typeof value === 'number') return Number.isFinite(value) ? undefined : 'A number is too large.';
  if (typeof value !== 'object' || value === null) return undefined;
  if (depth > maxDepth) return `Metadata is nested at most ${maxDepth} deep.`;
  for (const [key, member] of Object.entries(value)) {
    const problem = isPlainText(key) ? valueProblem(member, depth + 1) : textProblem;
    if (problem !== undefined) return problem;
  }
  return undefined;
}

const textProblem = 'A text holds NUL or half of a surrogate pair.';
