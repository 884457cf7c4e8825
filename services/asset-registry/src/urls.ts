/** Where the things of this service are, as seen from outside. */
export interface Urls {
  /** Scheme and host, without a trailing slash. */
  readonly publicUrl: string;
  actor(username: string): string;
  asset(name: string): string;
  object(contentHash: string): string;
  activity(activityId: string): string;
}

export function createUrls(publicUrl: string): Urls {
  return {
    publicUrl,
    actor: (username) => `${publicUrl}/users/${username}`,
    asset: (name) => `${publicUrl}/assets/${name}`,
    object: (contentHash) => `${publicUrl}/objects/${contentHash}`,
    activity: (activityId) => `${publicUrl}/activities/${activityId}`,
  };
}
