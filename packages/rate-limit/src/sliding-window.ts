/**
 * One sliding window, kept as two fixed ones: what was counted in the window before weighs as much of itself as the sliding
 * window still covers of it. Times are milliseconds of any one clock.
 */
export class SlidingWindow {
  readonly #windowMs: number;
  #endsAt: number;
  #previous = 0;
  #current = 0;

  constructor(windowMs: number, now: number) {
    this.#windowMs = windowMs;
    this.#endsAt = now + windowMs;
  }

  /** What counts at `now`. */
  count(now: number): number {
    this.#roll(now);
    return this.#current + this.#carried(now);
  }

  add(amount: number, now: number): void {
    this.#roll(now);
    this.#current = Math.max(0, this.#current + amount);
  }

  /** Makes `count` what counts at `now`. */
  correct(count: number, now: number): void {
    this.#roll(now);
    this.#current = Math.max(0, count - this.#carried(now));
  }

  /** The same counts in a fixed window that ends at another time. */
  align(endsAt: number, now: number): void {
    this.#roll(now);
    this.#endsAt = endsAt;
  }

  /** Milliseconds until one more stays within `limit`, if nothing is counted until then. */
  waitMs(limit: number, now: number): number {
    if (this.count(now) + 1 <= limit) return 0;
    const leftMs = this.#endsAt - now;
    const room = limit - 1;
    if (this.#current <= room) return leftMs - ((room - this.#current) / this.#previous) * this.#windowMs;
    return leftMs + (1 - room / this.#current) * this.#windowMs;
  }

  /** Milliseconds until the fixed window ends. */
  leftMs(now: number): number {
    this.#roll(now);
    return this.#endsAt - now;
  }

  #carried(now: number): number {
    return this.#previous === 0 ? 0 : this.#previous * Math.min(1, (this.#endsAt - now) / this.#windowMs);
  }

  #roll(now: number): void {
    const lateMs = now - this.#endsAt;
    // A clock that was put back must not keep a window open for as long.
    if (lateMs < -2 * this.#windowMs) this.#endsAt = now + this.#windowMs;
    if (lateMs < 0) return;
    this.#previous = lateMs < this.#windowMs ? this.#current : 0;
    this.#current = 0;
    this.#endsAt += (Math.floor(lateMs / this.#windowMs) + 1) * this.#windowMs;
  }
}
