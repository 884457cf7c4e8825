import {
  bitcoinNetworks,
  checkHeaderChain,
  OtsError,
  presentWork,
  verifyBitcoinAttestation,
  type Attested,
  type BitcoinAttestation,
  type WorkFloor,
} from '@artdag/opentimestamps';
import { HeaderSourceError, type FetchedHeader, type HeaderSource } from './header-source.ts';

/** What a chain says of a proof's Bitcoin attestations. */
export type ChainVerdict =
  | {
      kind: 'confirmed';
      height: number;
      /** Unix seconds. */
      time: number;
      /** 80 bytes each: the block, then those on top of it. */
      headers: Buffer;
    }
  /** `refuted` are those of blocks that commit to something else, or that nobody can have seen yet. */
  | { kind: 'unconfirmed'; refuted: Attested<BitcoinAttestation>[] };

/** The block and five on top of it. */
export const confirmations = 6;
/** How many blocks a calendar may be ahead of our source. */
const sourceLag = 12;

/** What work a header has to show: on Bitcoin itself what nobody forges today. */
export function workFloor(network: 'mainnet' | 'regtest'): WorkFloor {
  return network === 'mainnet' ? presentWork : bitcoinNetworks.regtest;
}

/**
 * Looks for the first attestation whose block commits to the message and has five blocks on top of it, all with their work.
 *
 * @param attestations the lowest block first
 * @throws HeaderSourceError when the source cannot tell
 */
export async function checkAttestations(
  source: HeaderSource,
  attestations: readonly Attested<BitcoinAttestation>[],
  floor: WorkFloor,
): Promise<ChainVerdict> {
  const tip = await source.tipHeight();
  const refuted: Attested<BitcoinAttestation>[] = [];
  for (const found of attestations) {
    const { height } = found.attestation;
    if (height > tip + sourceLag) refuted.push(found);
    else if (height + confirmations - 1 <= tip) {
      const headers = await chainFrom(source, height, floor);
      const time = timeWhenProven(found, headers, floor);
      if (time !== undefined)
        return { kind: 'confirmed', height, time, headers: Buffer.concat(headers.map(({ bytes }) => bytes)) };
      refuted.push(found);
    }
  }
  return { kind: 'unconfirmed', refuted };
}

async function chainFrom(source: HeaderSource, height: number, floor: WorkFloor): Promise<FetchedHeader[]> {
  const headers = await source.headersFrom(height, confirmations);
  try {
    checkHeaderChain(
      headers.map(({ header }) => header),
      floor,
    );
    return headers;
  } catch (error) {
    if (error instanceof OtsError) throw new HeaderSourceError(`From block ${height} on: ${error.message}`);
    throw error;
  }
}

function timeWhenProven(
  found: Attested<BitcoinAttestation>,
  [first]: readonly FetchedHeader[],
  floor: WorkFloor,
): number | undefined {
  try {
    return first && verifyBitcoinAttestation(found, first.header, floor);
  } catch (error) {
    if (error instanceof OtsError) return undefined;
    throw error;
  }
}
