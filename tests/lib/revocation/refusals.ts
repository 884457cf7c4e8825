const series = /^credentials_refused_total\{[^}]*by="([^"]+)"[^}]*\} (\d+(?:\.\d+)?)/;

/** How many credentials all gateways have refused so far, by what they knew it from. */
export async function readRefusals(gateways: readonly string[]): Promise<Record<string, number>> {
  const totals: Record<string, number> = {};
  for (const origin of gateways) {
    const text = await (await fetch(`${origin}/metrics`)).text();
    for (const line of text.split('\n')) {
      const [, by, count] = series.exec(line) ?? [];
      if (by !== undefined) totals[by] = (totals[by] ?? 0) + Number(count);
    }
  }
  return totals;
}

export const difference = (after: Record<string, number>, before: Record<string, number>): Record<string, number> =>
  Object.fromEntries(Object.entries(after).map(([by, count]) => [by, count - (before[by] ?? 0)]));
