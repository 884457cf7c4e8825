import type { AppError } from '@artdag/service-kit';
import { assetText, type AssetView } from '../asset-text.ts';
import type { NewAsset } from '../new-asset.ts';
import { notStored, signRegistration, type SignRegistrationDeps } from '../register-asset.ts';
import type { Registrant, Registration } from '../registration.ts';
import type { RegistrationStore } from '../registration-writer.ts';
import type { Line } from './line-splitter.ts';
import { readLine } from './read-line.ts';
import { assetRecord, refusalRecord, type LineRecord } from './records.ts';

export interface ExistingAsset {
  ownerActorId: string;
  deleted: boolean;
  view: AssetView;
}

export interface ExistingAssets {
  /** By name, deleted ones too. */
  find(names: readonly string[]): Promise<Map<string, ExistingAsset>>;
  /** Those of some contents that are somebody else's. */
  findForeign(contentHashes: readonly string[], actorId: string): Promise<Set<string>>;
}

export interface RegisterLinesDeps extends SignRegistrationDeps {
  existing: ExistingAssets;
  store: RegistrationStore;
  /** Told of each asset once it is committed. */
  onRegistered: () => void;
  /** What the sender may know of an error; a fault of ours is noted. */
  onError: (error: unknown) => AppError;
}

export interface RegisteredLines {
  /** In the lines' order, one for each. */
  records: LineRecord[];
  /** The first fault of ours: the next lines would hardly fare better. */
  fault: AppError | undefined;
}

/** A line that asks for an asset. */
interface Wanted {
  line: number;
  asset: NewAsset;
  record: LineRecord | undefined;
  registration: Registration | undefined;
}

/**
 * Registers what some lines ask for, each by itself and all of them together: one look-up of their names, shared signing calls, one statement.
 * What the shared statement does not store, and what has its name or content twice here, is tried alone, one after the other.
 *
 * An asset that is there already as its line has it (owner, name and content) is answered as it stands, so that a batch may be sent again.
 */
export async function registerLines(
  deps: RegisterLinesDeps,
  registrant: Registrant,
  lines: readonly Line[],
): Promise<RegisteredLines> {
  let fault: AppError | undefined;
  const refuse = (line: number, error: unknown): LineRecord => {
    const refused = deps.onError(error);
    if (refused.status >= 500) fault ??= refused;
    return refusalRecord(line, refused);
  };
  const read = lines.map((line) => readOrRefuse(line, refuse));
  const wanted = read.filter((each) => typeof each !== 'string');
  try {
    await answerExisting(deps, registrant, wanted);
    await signAll(deps, registrant, wanted, refuse);
    await storeTogether(deps, wanted);
    await refuseForeign(deps, registrant, wanted, refuse);
  } catch (error) {
    for (const each of open(wanted)) each.record = refuse(each.line, error);
  }
  for (const each of open(wanted)) each.record = await storeAlone(deps, registrant, each, refuse);
  return { records: read.map((each) => (typeof each === 'string' ? each : (each.record ?? ''))), fault };
}

type Refuse = (line: number, error: unknown) => LineRecord;

const open = (wanted: readonly Wanted[]): Wanted[] => wanted.filter(({ record }) => record === undefined);

function readOrRefuse(line: Line, refuse: Refuse): Wanted | LineRecord {
  try {
    return { line: line.number, asset: readLine(line), record: undefined, registration: undefined };
  } catch (error) {
    return refuse(line.number, error);
  }
}

async function answerExisting(deps: RegisterLinesDeps, { actorId }: Registrant, wanted: Wanted[]): Promise<void> {
  if (wanted.length === 0) return;
  const existing = await deps.existing.find(wanted.map(({ asset }) => asset.name));
  for (const each of wanted) {
    const found = existing.get(each.asset.name);
    if (found) each.record = existingRecord(deps, actorId, each, found);
  }
}

function existingRecord(
  { urls }: RegisterLinesDeps,
  actorId: string,
  { line, asset }: Wanted,
  { ownerActorId, deleted, view }: ExistingAsset,
): LineRecord {
  const isTheSame = ownerActorId === actorId && !deleted && view.contentHash === asset.content_hash;
  if (!isTheSame) return refusalRecord(line, notStored('name-taken', asset));
  const { head, tail } = assetText(urls, view);
  return assetRecord(line, 200, head + tail);
}

async function signAll(
  deps: RegisterLinesDeps,
  registrant: Registrant,
  wanted: Wanted[],
  refuse: Refuse,
): Promise<void> {
  const sign = async (each: Wanted): Promise<void> => {
    try {
      each.registration = await signRegistration(deps, registrant, each.asset);
    } catch (error) {
      each.record = refuse(each.line, error);
    }
  };
  await Promise.all(open(wanted).map(sign));
}

/** The first of each name and content: a statement takes no two. */
async function storeTogether(deps: RegisterLinesDeps, wanted: Wanted[]): Promise<void> {
  const names = new Set<string>();
  const contents = new Set<string>();
  const first: { each: Wanted; registration: Registration }[] = [];
  for (const each of open(wanted)) {
    const { asset, registration } = each;
    if (registration === undefined || names.has(asset.name) || contents.has(asset.content_hash)) continue;
    names.add(asset.name);
    contents.add(asset.content_hash);
    first.push({ each, registration });
  }
  if (first.length < 2) return;
  const items = first.map(({ registration }) => ({ registration, idempotent: undefined }));
  const stored = await deps.store.storeTogether(items);
  for (const { each, registration } of first)
    if (stored.has(registration.fresh.eventId)) each.record = registered(deps, each, registration);
}

/** Content of others is what a statement most likely left out, and no reason to try each alone. */
async function refuseForeign(
  deps: RegisterLinesDeps,
  { actorId }: Registrant,
  wanted: Wanted[],
  refuse: Refuse,
): Promise<void> {
  const left = open(wanted);
  if (left.length === 0) return;
  const hashes = left.map(({ asset }) => asset.content_hash);
  const foreign = await deps.existing.findForeign(hashes, actorId);
  for (const each of left)
    if (foreign.has(each.asset.content_hash)) each.record = refuse(each.line, notStored('content-owned', each.asset));
}

function registered(deps: RegisterLinesDeps, { line }: Wanted, { shown }: Registration): LineRecord {
  deps.onRegistered();
  return assetRecord(line, 201, shown.head + shown.tail);
}

async function storeAlone(
  deps: RegisterLinesDeps,
  registrant: Registrant,
  each: Wanted,
  refuse: Refuse,
): Promise<LineRecord> {
  try {
    const registration = each.registration ?? (await signRegistration(deps, registrant, each.asset));
    const outcome = await deps.store.storeAlone({ registration, idempotent: undefined });
    if (outcome === 'stored') return registered(deps, each, registration);
    if (outcome !== 'name-taken') throw notStored(outcome, each.asset);
    const found = (await deps.existing.find([each.asset.name])).get(each.asset.name);
    if (found === undefined) throw notStored(outcome, each.asset);
    return existingRecord(deps, registrant.actorId, each, found);
  } catch (error) {
    return refuse(each.line, error);
  }
}
