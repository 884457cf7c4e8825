/** A leaf and its place. */
export interface LogEntry {
  index: number;
  leaf: string;
}

/** Reads what the log has; how much of it may be shown, `signedSize` says: the size of the newest signed checkpoint. */
export interface LogReader {
  /** A bundle of up to `count` entries (C2SP tlog-tiles). */
  readEntries(from: number, count: number): Promise<{ signedSize: number; bundle: Buffer }>;
  /** The hashes that the tile has by now. */
  readHashes(level: number, index: number): Promise<{ signedSize: number; hashes: Buffer }>;
  findEntry(leafHash: Buffer): Promise<LogEntry | undefined>;
  /** RFC 6962 §2.1.1, from the leaf's sibling up, in the tree of that size. */
  inclusionProof(index: number, treeSize: number): Promise<Buffer[]>;
}
