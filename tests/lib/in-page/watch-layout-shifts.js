/* Run before the page: sums up how far things jump while it comes (Layout Instability API). */
globalThis.shifted = 0;
new PerformanceObserver((list) => {
  for (const entry of list.getEntries()) globalThis.shifted += entry.value;
}).observe({ type: 'layout-shift', buffered: true });
