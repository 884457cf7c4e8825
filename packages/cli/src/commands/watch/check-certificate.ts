import {
  CertificateError,
  readCertificate,
  verifyCertificate,
  type Certificate,
  type Line,
} from '@artdag/certificates';
import { jcs } from '@artdag/claims';
import {
  LogDataError,
  openCheckpoint,
  parseCheckpointText,
  parseNote,
  parseTlogProof,
  type VerifierKey,
} from '@artdag/transparency-log';
import type { ActorEntry, IsActor } from './actor-entry.ts';
import { continues } from './follow-log.ts';
import type { Json, LogServer } from './log-server.ts';
import { forked, type SignedHead } from './newest-checkpoint.ts';

export interface CertificateDeps {
  server: Pick<LogServer, 'readTiles'>;
  keys: readonly VerifierKey[];
  /** The log as it was followed. */
  followed: SignedHead;
  isActor: IsActor;
  /** Roots that were found to be of one log with it, by tree size. */
  sameLog: Map<string, boolean>;
}

/** What is known of a claim before its certificate is asked for. */
export interface KnownClaim {
  /** URL. */
  id: string;
  entry: Pick<ActorEntry, 'index' | 'leaf'> | undefined;
  /** As the server lists it. */
  listed: Json | undefined;
}

/** A claim that holds, with the place of its entry, and the key that signed it as the log has that. */
export interface ProvedClaim {
  index: number;
  leaf: string;
  activity: Json;
  keyId: string;
  /** Canonical JSON. */
  keyDocument: string;
}

export type CertificateResult = ProvedClaim | { fault: string };

/** What has to hold: the file is not at hand, and anchors are for `artdag verify`. */
const asked: readonly Line[] = ['signature', 'leaf', 'inclusion', 'key'];

/**
 * Whether a certificate proves the claim that was asked about, in the log that was followed.
 *
 * @throws Alarmed when its checkpoint is the log's, and of another log than the one that was followed
 */
export async function checkCertificate(
  deps: CertificateDeps,
  claim: KnownClaim,
  text: string,
): Promise<CertificateResult> {
  try {
    const certificate = readCertificate(text);
    const head = headOf(certificate);
    const fault = faultIn(deps, claim, certificate) ?? (await strangeTree(deps, head));
    if (fault !== undefined) return { fault };
    const { activity, leaf, key } = certificate;
    const { verificationMethod } = activity['proof'] as Json;
    return { index: head.index, leaf, activity, keyId: String(verificationMethod), keyDocument: key.document };
  } catch (error) {
    if (error instanceof CertificateError || error instanceof LogDataError) return { fault: error.message };
    throw error;
  }
}

function headOf({ tlogProof }: Certificate): SignedHead & { index: number } {
  const { checkpoint: note, index } = parseTlogProof(tlogProof);
  return { note, index, head: parseCheckpointText(parseNote(note).text) };
}

function faultIn({ isActor }: CertificateDeps, claim: KnownClaim, certificate: Certificate): string | undefined {
  const { activity, leaf } = certificate;
  if (activity['id'] !== claim.id) return 'Its certificate is of another claim.';
  if (!isActor(activity['actor'])) return "Its certificate is of another actor's claim.";
  const answers = verifyCertificate({ certificate, fileHash: undefined });
  const failed = answers.find(({ line, verdict }) => asked.includes(line) && verdict !== 'yes');
  if (failed !== undefined) return failed.text;
  if (claim.entry !== undefined && claim.entry.leaf !== leaf) return 'Its certificate is of another entry of the log.';
  const isListedSo = claim.listed === undefined || isTombstone(claim.listed) || isSame(claim.listed, activity);
  return isListedSo ? undefined : 'What the server lists is not what was signed.';
}

export function isTombstone(document: Json): boolean {
  return document['type'] === 'Tombstone';
}

/** A Linked Data Signature beside the proof is no part of the claim. */
function isSame({ signature: _listed, ...listed }: Json, { signature: _certified, ...certified }: Json): boolean {
  try {
    return jcs(listed) === jcs(certified);
  } catch {
    return false;
  }
}

async function strangeTree(deps: CertificateDeps, { head, note }: SignedHead): Promise<string | undefined> {
  const { followed, keys, sameLog } = deps;
  const name = `${head.size} ${Buffer.from(head.root).toString('hex')}`;
  const isSameLog = sameLog.get(name) ?? (await isOneLog(deps, { head, note }));
  sameLog.set(name, isSameLog);
  if (isSameLog) return undefined;
  if (isSigned(note, keys)) throw forked(followed, { head, note });
  return 'Its certificate leads to a tree that the log never was.';
}

async function isOneLog({ server, followed }: CertificateDeps, { head }: SignedHead): Promise<boolean> {
  return head.size <= followed.head.size
    ? await continues(server, head, followed.head)
    : await continues(server, followed.head, head);
}

function isSigned(note: string, keys: readonly VerifierKey[]): boolean {
  try {
    openCheckpoint(note, keys);
    return true;
  } catch {
    return false;
  }
}
