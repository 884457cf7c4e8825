/** Which L1 servers this installation calls. Whatever sends something to an L1 asks here first. */
export interface UsableL1Servers {
  /** The one spelling of a server's address; undefined for one that is not to be called. */
  find(text: string): Promise<string | undefined>;
}
