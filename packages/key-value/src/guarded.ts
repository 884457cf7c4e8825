/** Calls a listener; what it throws is its own business, and must not keep the message from the next one. */
export function guarded(onError: (error: Error) => void, call: () => void): void {
  try {
    call();
  } catch (error) {
    onError(error instanceof Error ? error : new Error(String(error)));
  }
}
