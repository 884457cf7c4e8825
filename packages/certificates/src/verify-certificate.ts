import { presentWork } from '@artdag/opentimestamps';
import { checkAnchored, checkChain } from './anchor-checks.ts';
import { lines, type Answer, type Judgement, type Line, type Question } from './answer.ts';
import { checkContent, checkLeaf, checkSignature } from './claim-checks.ts';
import { checkInclusion, checkKey, checkLogSignature } from './log-checks.ts';

const checks: Record<Line, (question: Question) => Judgement> = {
  content: checkContent,
  signature: checkSignature,
  leaf: checkLeaf,
  inclusion: checkInclusion,
  key: checkKey,
  log_signature: checkLogSignature,
  anchored: checkAnchored,
  chain: checkChain,
};

/**
 * Answers every question by itself, from the certificate and what the verifier brings along; asks nobody and never throws.
 *
 * @returns one answer a line, in the order of `lines`
 */
export function verifyCertificate(
  question: Pick<Question, 'certificate' | 'fileHash'> & Partial<Omit<Question, 'certificate' | 'fileHash'>>,
): Answer[] {
  const whole = { trustedKeys: [], ownChain: undefined, floor: presentWork, ...question };
  return lines.map((line) => ({ line, ...checks[line](whole) }));
}
