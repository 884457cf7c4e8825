/** A checkpoint as the log signed it. */
export interface SignedCheckpoint {
  /** Leaves in the tree. */
  size: number;
  /** 32 bytes. */
  rootHash: Uint8Array;
  /** The signed note with the log's own signature line only: body, an empty line, `— <name> <signature>\n`. */
  note: string;
}

/** What anchors need of the log. */
export interface CheckpointSource {
  /** The newest one; null while nothing is signed. */
  latestSigned(): Promise<SignedCheckpoint | null>;
}

export interface AnchoredLog extends CheckpointSource {
  /** Inclusion proof of RFC 6962 §2.1.1 in the tree of that size, from the leaf's sibling up. */
  inclusionProof(index: number, treeSize: number): Promise<Uint8Array[]>;
  /** What waits is sequenced and signed now, not at the next turn. */
  hurry(): void;
}
