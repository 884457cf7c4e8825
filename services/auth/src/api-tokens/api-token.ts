/** What its owner is shown of an API token. */
export interface ListedApiToken {
  id: string;
  label: string;
  scopes: string[];
  orgId: string | null;
  createdAt: Date;
  expiresAt: Date;
  lastUsedAt: Date | null;
  revokedAt: Date | null;
}
