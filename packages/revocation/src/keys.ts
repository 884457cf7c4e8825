/** Where the shared store holds the reason for which `id` is denied. */
export const denyKey = (id: string): string => `deny:${id}`;

/** Holds the id of the store's server process that is fully loaded, for as long as that may be relied upon (the lease). */
export const readyKey = 'deny:ready';
