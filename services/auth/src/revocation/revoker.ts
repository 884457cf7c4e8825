export interface Revoker {
  /**
   * After the commit of what `writeDenials` wrote: resolves when no replica of any service accepts the ids any more (the shared store has
   * confirmed, or its lease has run out), within 5 s.
   */
  enforce(ids: readonly string[]): Promise<void>;
}
