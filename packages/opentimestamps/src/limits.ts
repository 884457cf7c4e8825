/** The limits of the reference implementation (python-opentimestamps 0.4), which every verifier shares. */
export const limits = {
  messageBytes: 4096,
  attestationBytes: 8192,
  uriBytes: 1000,
  /** Timestamps on a path, the first one included. */
  depth: 256,
  calendarReplyBytes: 10_000,
} as const;
