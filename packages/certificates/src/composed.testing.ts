import { generateKeyPairSync, hash, randomBytes, sign, type KeyObject } from 'node:crypto';
import {
  attachProof,
  commitment,
  composeCreate,
  composeLeaf,
  contentHash,
  jcs,
  leafHash,
  proofOptions,
  publicKeyMultibase,
  signingInput,
} from '@artdag/claims';
import {
  append,
  applyOp,
  attested,
  sha256,
  timestampThrough,
  writeDetached,
  type WorkFloor,
} from '@artdag/opentimestamps';
import {
  appendLeaves,
  checkpointText,
  edgeRoot,
  emptyTree,
  formatNote,
  formatTlogProof,
  formatVkey,
  inclusionProof,
  signText,
  verifierKey,
  type ReadTiles,
} from '@artdag/transparency-log';
import type { Certificate, LoggedKey } from './certificate.ts';
import { spkiOf } from './key-document.ts';

const publicUrl = 'https://l2.example.com';
const actor = `${publicUrl}/users/giles`;
const at = '2026-01-10T12:00:00Z';

const rawKey = (key: KeyObject): Buffer => key.export({ format: 'der', type: 'spki' }).subarray(12);

/** The log's leaves, and where the claim's and the key's are. */
const places = { treeSize: 700, claim: 300, key: 20, end: 650 };

/** A certificate in which every line can be answered with yes, made of the packages' own parts. */
export interface Composed {
  certificate: Certificate;
  file: Buffer;
  /** The log's key. */
  vkey: string;
  /** The header at a height, as in the verifier's own chain. */
  headerAt(height: number): Uint8Array | undefined;
}

export async function composeExample(o: { end?: 'expires' | 'revoked'; endAt?: string } = {}): Promise<Composed> {
  const file = randomBytes(5_000);
  const key = generateKeyPairSync('ed25519');
  const activity = signedActivity(contentHash(file), key.privateKey);
  const salt = randomBytes(32);
  const leaf = claimLeaf(activity, salt, contentHash(file));
  const introduced = keyLeaf(rawKey(key.publicKey), at, {});
  const ended = o.end && keyLeaf(rawKey(key.publicKey), o.endAt ?? '2027-01-01T00:00:00Z', o.end);

  const leaves = Array.from({ length: places.treeSize }, (_, i) => `leaf ${i}`);
  leaves[places.claim] = leaf;
  leaves[places.key] = introduced.leaf;
  if (ended) leaves[places.end] = ended.leaf;
  const tree = treeOf(leaves);
  const log = signedCheckpoint(tree.root);
  const logged = async (each: { document: string; leaf: string }, index: number): Promise<LoggedKey> => ({
    ...each,
    index,
    hashes: await inclusionProof(index, places.treeSize, tree.readTiles),
  });
  const hashes = await inclusionProof(places.claim, places.treeSize, tree.readTiles);
  const { ots, blockHeight, blockHeaders } = anchorOf(log.note);
  return {
    file,
    vkey: log.vkey,
    headerAt: (height) => blockHeaders[height - blockHeight],
    certificate: {
      ...{ activity, salt, leaf, logKey: log.vkey },
      tlogProof: formatTlogProof({ index: places.claim, hashes, checkpoint: log.note }),
      key: await logged(introduced, places.key),
      keyEnd: ended ? await logged(ended, places.end) : null,
      anchor: { ots, blockHeight, blockHeaders },
    },
  };
}

function signedActivity(hashOfFile: string, privateKey: KeyObject): Record<string, unknown> {
  const document = composeCreate({
    ...{ publicUrl, username: 'giles', published: at },
    activityId: '5f0c1d3e-0000-4000-8000-000000000001',
    asset: { name: 'my-video', contentHash: hashOfFile, assetType: 'video', tags: ['art'] },
  });
  const options = proofOptions(document, `${actor}#ed25519-key`, at);
  return attachProof(document, options, sign(null, signingInput(document, options), privateKey));
}

function claimLeaf(activity: Record<string, unknown>, salt: Buffer, hashOfFile: string): string {
  return composeLeaf({
    ...{ type: 'Create', actor, activity: String(activity['id']), contentHash: hashOfFile, published: at },
    commitment: commitment(salt, jcs(activity)),
  });
}

function keyLeaf(raw: Buffer, published: string, end: 'expires' | 'revoked' | object) {
  const id = `${actor}#ed25519-key`;
  const shown = { id, type: 'Multikey', controller: actor, publicKeyMultibase: publicKeyMultibase(raw) };
  const document = jcs({ ...shown, ...(typeof end === 'string' && { [end]: published }) });
  const leaf = composeLeaf({
    ...{ type: 'Key', actor, activity: id, contentHash: contentHash(spkiOf(raw)), published },
    commitment: commitment(Buffer.alloc(0), document),
  });
  return { document, leaf };
}

function treeOf(leaves: readonly string[]): { root: Uint8Array; readTiles: ReadTiles } {
  const { edge, tiles } = appendLeaves(emptyTree, leaves.map(leafHash));
  const stored = new Map(tiles.map(({ level, index, hashes }) => [`${level}/${index}`, hashes]));
  const readTiles: ReadTiles = async (wanted) =>
    wanted.map(({ level, index }) => stored.get(`${level}/${index}`) ?? Buffer.alloc(0));
  return { root: edgeRoot(edge), readTiles };
}

function signedCheckpoint(root: Uint8Array): { note: string; vkey: string } {
  const { privateKey, publicKey } = generateKeyPairSync('ed25519');
  const key = verifierKey('l2.example.com/log', rawKey(publicKey));
  const text = checkpointText({ origin: key.name, size: places.treeSize, root });
  return { note: formatNote({ text, signatures: [signText(text, key, privateKey)] }), vkey: formatVkey(key) };
}

const firstHeight = 870_000;

/** Work of 2^16 hashes a block: found in an instant, and not by one changed byte. */
export const testFloor: WorkFloor = { maxTarget: 2n ** 240n };
const testBits = 0x1f00ffff;

function anchorOf(note: string): { ots: Uint8Array; blockHeight: number; blockHeaders: Uint8Array[] } {
  const digest = Buffer.from(hash('sha256', note, 'hex'), 'hex');
  const ops = [append(randomBytes(16)), sha256];
  const message = ops.reduce((reached: Uint8Array, op) => applyOp(op, reached), digest);
  const timestamp = timestampThrough(digest, ops, (end) => attested(end, { kind: 'bitcoin', height: firstHeight }));
  const blockHeaders: Uint8Array[] = [];
  for (let previous: Uint8Array = randomBytes(32); blockHeaders.length < 4;) {
    const merkleRoot = blockHeaders.length === 0 ? message : randomBytes(32);
    const { header, id } = mine(previous, merkleRoot, 1_768_046_400 + 600 * blockHeaders.length);
    blockHeaders.push(header);
    previous = id;
  }
  return { ots: writeDetached({ hash: 'sha256', timestamp }), blockHeight: firstHeight, blockHeaders };
}

function mine(previous: Uint8Array, merkleRoot: Uint8Array, time: number): { header: Buffer; id: Buffer } {
  const header = Buffer.alloc(80);
  header.writeInt32LE(0x20000000, 0);
  header.set(previous, 4);
  header.set(merkleRoot, 36);
  header.writeUInt32LE(time, 68);
  header.writeUInt32LE(testBits, 72);
  for (let nonce = 0; ; nonce += 1) {
    header.writeUInt32LE(nonce, 76);
    const id = Buffer.from(hash('sha256', Buffer.from(hash('sha256', header, 'hex'), 'hex'), 'hex'), 'hex');
    if (id[31] === 0 && id[30] === 0) return { header, id };
  }
}
