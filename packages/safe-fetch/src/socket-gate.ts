/** Bounds how many sockets are open at once. Whoever has to wait is served in order of arrival. */
export interface SocketGate {
  /** Resolves to a function that gives the place back; rejects with the signal's reason when it aborts first. */
  enter(signal: AbortSignal): Promise<() => void>;
  /** More than half of the places are taken: connections should not be kept alive for later. */
  readonly busy: boolean;
}

export function createSocketGate(max: number): SocketGate {
  let taken = 0;
  const waiting = new Set<() => void>();

  function leaveOnce(): () => void {
    let left = false;
    return () => {
      if (left) return;
      left = true;
      const [next] = waiting;
      if (next === undefined) taken -= 1;
      else next();
    };
  }

  return {
    get busy() {
      return taken > max / 2;
    },
    enter(signal) {
      if (taken < max) {
        taken += 1;
        return Promise.resolve(leaveOnce());
      }
      return new Promise((resolve, reject) => {
        const giveUp = () => {
          waiting.delete(proceed);
          reject(signal.reason);
        };
        const proceed = () => {
          waiting.delete(proceed);
          signal.removeEventListener('abort', giveUp);
          resolve(leaveOnce());
        };
        waiting.add(proceed);
        signal.addEventListener('abort', giveUp, { once: true });
      });
    },
  };
}
