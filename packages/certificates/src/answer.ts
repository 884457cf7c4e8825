import type { Certificate } from './certificate.ts';
import type { VerifierKey } from '@artdag/transparency-log';
import type { WorkFloor } from '@artdag/opentimestamps';

/** What a certificate is asked, in this order. */
export const lines = [
  'content',
  'signature',
  'leaf',
  'inclusion',
  'key',
  'log_signature',
  'anchored',
  'chain',
] as const;
export type Line = (typeof lines)[number];

/** What a verifier is given, and what of it can be changed by itself. */
export type Part =
  | 'file'
  | 'activity'
  | 'salt'
  | 'leaf'
  | 'proof'
  | 'checkpoint'
  | 'log_signature'
  | 'log_key'
  | 'key'
  | 'key_end'
  | 'ots'
  | 'header'
  | 'successors';

/**
 * What each line is judged by. A change of a part can change the answers of these lines and of no other: no line is taken for false because
 * another one is.
 */
export const reads: Readonly<Record<Line, readonly Part[]>> = {
  content: ['file', 'activity'],
  signature: ['activity', 'key'],
  leaf: ['activity', 'salt', 'leaf'],
  inclusion: ['leaf', 'proof', 'checkpoint'],
  key: ['activity', 'key', 'key_end', 'checkpoint'],
  log_signature: ['checkpoint', 'log_signature', 'log_key'],
  anchored: ['checkpoint', 'log_signature', 'log_key', 'ots', 'header'],
  chain: ['header', 'successors'],
};

/** `open`: neither proved nor disproved by what is there; the text says what is missing. */
export type Verdict = 'yes' | 'no' | 'open';

export interface Judgement {
  verdict: Verdict;
  /** One sentence. */
  text: string;
}

export interface Answer extends Judgement {
  line: Line;
}

/** The headers of the chain that the verifier believes in. */
export interface OwnChain {
  /** The 80 bytes at that height, if it reaches so far. */
  headerAt(height: number): Uint8Array | undefined;
}

/** All that the lines are judged by. */
export interface Question {
  certificate: Certificate;
  /** Lower-case hex SHA3-256 of the file; undefined when none is at hand. */
  fileHash: string | undefined;
  /** Log keys that the verifier trusts, from elsewhere than the certificate. */
  trustedKeys: readonly VerifierKey[];
  ownChain: OwnChain | undefined;
  /** The least work that a block header has to show. */
  floor: WorkFloor;
}

export const yes = (text: string): Judgement => ({ verdict: 'yes', text });
export const no = (text: string): Judgement => ({ verdict: 'no', text });
export const open = (text: string): Judgement => ({ verdict: 'open', text });
