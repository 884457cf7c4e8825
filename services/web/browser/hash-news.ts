/** What the worker says of the file that it was given. */
export type HashNews =
  | { read: number }
  /** SHA3-256, 64 lower-case hex characters. */
  | { hash: string }
  /** The file cannot be read, or not any more: the name of the DOMException, or `OtherSize`. */
  | { failed: string };
