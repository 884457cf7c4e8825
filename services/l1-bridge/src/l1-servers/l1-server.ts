export type L1Status = 'active' | 'draining' | 'disabled';

/** A server as its row has it. */
export interface L1ServerRow {
  /** In its one spelling. */
  url: string;
  name: string | null;
  status: L1Status;
  publicKeyPem: string | null;
  lastSeenAt: Date | null;
  /** By an operator's command, beside those of the configuration. */
  added: boolean;
}

export interface L1ServerRepository {
  /** Adds the servers that are not known yet; what operators said about the others (name, draining) stays. */
  addMissing(urls: readonly string[]): Promise<void>;
  list(): Promise<L1ServerRow[]>;
  /** Lists a server by command; false if it was already. */
  add(url: string, name: string): Promise<boolean>;
  /** Forgets a server, with what was said about it; false for an unknown one. Attachments that are being written are waited for, and none is written after. */
  remove(url: string): Promise<boolean>;
  /** False for an unknown one. */
  setStatus(url: string, status: L1Status): Promise<boolean>;
  /** False for an unknown one. */
  setKey(url: string, publicKeyPem: string | null): Promise<boolean>;
}
