export interface Readiness {
  status: 'ok' | 'degraded' | 'unavailable';
  /** Per check, and `draining` once the process is on its way out. */
  checks: Record<string, 'ok' | 'failing'>;
}

export interface Health {
  /** Adds a check; it fails by rejecting or by taking longer than `timeoutMs` (default 2000). */
  register(name: string, check: () => Promise<void>, o?: { critical?: boolean; timeoutMs?: number }): void;
  /** Runs all checks at once; callers that come meanwhile share the run. */
  ready(): Promise<Readiness>;
  /** From now on not ready, so that load balancers look elsewhere while requests in flight finish. */
  setDraining(): void;
}

interface Check {
  name: string;
  run: () => Promise<void>;
  critical: boolean;
  timeoutMs: number;
}

const CHECK_TIMEOUT_MS = 2000;

/** A failing critical check (the default) makes the service unavailable, another one only degraded. */
export function createHealth(): Health {
  const checks: Check[] = [];
  let draining = false;
  let running: Promise<Readiness> | undefined;

  const runAll = async (): Promise<Readiness> => {
    const passed = await Promise.all(checks.map(passes));
    const result: Readiness = { status: 'ok', checks: {} };
    for (const [i, check] of checks.entries()) {
      result.checks[check.name] = passed[i] === true ? 'ok' : 'failing';
      if (passed[i] === true) continue;
      if (check.critical) result.status = 'unavailable';
      else if (result.status === 'ok') result.status = 'degraded';
    }
    return result;
  };

  return {
    register(name, run, o = {}) {
      checks.push({ name, run, critical: o.critical ?? true, timeoutMs: o.timeoutMs ?? CHECK_TIMEOUT_MS });
    },
    async ready() {
      running ??= runAll().finally(() => {
        running = undefined;
      });
      const result = await running;
      if (!draining) return result;
      return { status: 'unavailable', checks: { ...result.checks, draining: 'failing' } };
    },
    setDraining() {
      draining = true;
    },
  };
}

async function passes(check: Check): Promise<boolean> {
  let timer: NodeJS.Timeout | undefined;
  const tooLate = new Promise<boolean>((resolve) => {
    timer = setTimeout(resolve, check.timeoutMs, false);
  });
  try {
    return await Promise.race([check.run().then(() => true), tooLate]);
  } catch {
    return false;
  } finally {
    clearTimeout(timer);
  }
}
