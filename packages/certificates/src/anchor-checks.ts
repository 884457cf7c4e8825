import { hash } from 'node:crypto';
import {
  bitcoinAttestationsOf,
  checkHeaderChain,
  parseBlockHeader,
  pendingAttestationsOf,
  readDetached,
  verifyBitcoinAttestation,
  type Attested,
  type BitcoinAttestation,
  type Timestamp,
} from '@artdag/opentimestamps';
import { parseNote, parseVkey } from '@artdag/transparency-log';
import { no, open, yes, type Judgement, type Question } from './answer.ts';
import type { CertificateAnchor } from './certificate.ts';
import { proofOf } from './log-checks.ts';
import { attempt } from './read-json.ts';

/** Whether the checkpoint, with the log's signature, existed before a Bitcoin block. */
export function checkAnchored(question: Question): Judgement {
  const { anchor } = question.certificate;
  if (anchor === null) return open('It is not anchored in the Bitcoin chain yet.');
  const timestamp = timestampOf(question, anchor);
  if (timestamp === undefined) return no('The OpenTimestamps proof is none of this checkpoint.');
  const attestations = bitcoinAttestationsOf(timestamp);
  const [header] = anchor.blockHeaders;
  if (header === undefined || anchor.blockHeight === null) return withoutHeader(question, timestamp, attestations);
  return judgeHeader(question, attestations, anchor.blockHeight, header);
}

function withoutHeader(
  question: Question,
  timestamp: Timestamp,
  attestations: readonly Attested<BitcoinAttestation>[],
): Judgement {
  for (const { attestation } of attestations) {
    const header = question.ownChain?.headerAt(attestation.height);
    if (header !== undefined) return judgeHeader(question, attestations, attestation.height, header);
  }
  const [first] = attestations;
  if (first) return open(`Attested for Bitcoin block ${first.attestation.height}, whose header is not at hand.`);
  const calendars = pendingAttestationsOf(timestamp).map(({ uri }) => uri);
  return open(`No Bitcoin block yet; promised by ${calendars.join(', ') || 'nobody'}.`);
}

function judgeHeader(
  { floor }: Question,
  attestations: readonly Attested<BitcoinAttestation>[],
  height: number,
  header: Uint8Array,
): Judgement {
  const times = attestations
    .filter(({ attestation }) => attestation.height === height)
    .map((found) => attempt(() => verifyBitcoinAttestation(found, parseBlockHeader(header), floor)));
  const time = times.find((each) => each !== undefined);
  if (time === undefined) return no(`The proof does not lead to the header of Bitcoin block ${height}.`);
  const at = new Date(time * 1000).toISOString().replace('.000', '');
  return yes(`It existed before Bitcoin block ${height}, of ${at}.`);
}

/** The proof, if it is of SHA-256 of the checkpoint's body and the log's own signature line. */
function timestampOf(question: Question, anchor: CertificateAnchor): Timestamp | undefined {
  return attempt(() => {
    const { hash: name, timestamp } = readDetached(anchor.ots);
    const digest = Buffer.from(hash('sha256', anchoredText(question), 'hex'), 'hex');
    return name === 'sha256' && digest.equals(timestamp.message) ? timestamp : undefined;
  });
}

/** Witnesses may add lines below; what is anchored is what the log alone has signed. @throws when it has not */
function anchoredText({ certificate, trustedKeys }: Question): string {
  const note = proofOf(certificate)?.checkpoint ?? '';
  const { text, signatures } = parseNote(note);
  const keys = [...trustedKeys, parseVkey(certificate.logKey)];
  const at = signatures.findIndex(({ name, id }) => keys.some((key) => key.name === name && key.id === id));
  const line = note.slice(text.length + 1).split('\n')[at];
  if (line === undefined) throw new Error('the log has not signed it');
  return `${text}\n${line}\n`;
}

/** Whether the block is one of the chain that the verifier believes in. */
export function checkChain({ certificate: { anchor }, ownChain, floor }: Question): Judgement {
  const [header] = anchor?.blockHeaders ?? [];
  const height = anchor?.blockHeight ?? null;
  if (anchor === null || header === undefined || height === null) return open('There is no block header to look for.');
  const chained = attempt(() => {
    checkHeaderChain(anchor.blockHeaders.map(parseBlockHeader), floor);
    return true;
  });
  if (chained !== true) return no('The block headers in the certificate are no chain, or show too little work.');
  const successors = anchor.blockHeaders.length - 1;
  const own = ownChain?.headerAt(height);
  if (own === undefined) {
    const why = ownChain === undefined ? 'no headers of your own were given' : `yours do not reach block ${height}`;
    return open(`${successors} blocks follow block ${height} in the certificate; ${why}.`);
  }
  return Buffer.from(own).equals(header)
    ? yes(`Block ${height} is the one in your own chain.`)
    : no(`Block ${height} of your own chain is another one.`);
}
