export interface BudgetOptions {
  totalBytes: number;
  perAddressBytes: number;
  /** Told how many bytes are held now. */
  onChange: (bytes: number) => void;
}

/** How many bytes may be held for clients that nobody has verified yet: altogether, and for one address. */
export interface Budget {
  /** Whether there is room, now. */
  fits(address: string, bytes: number): boolean;
  /** False, and nothing taken, when there is none. */
  take(address: string, bytes: number): boolean;
  giveBack(address: string, bytes: number): void;
}

export function createBudget({ totalBytes, perAddressBytes, onChange }: BudgetOptions): Budget {
  let held = 0;
  const byAddress = new Map<string, number>();

  function change(address: string, bytes: number): void {
    held += bytes;
    const own = (byAddress.get(address) ?? 0) + bytes;
    if (own > 0) byAddress.set(address, own);
    else byAddress.delete(address);
    onChange(held);
  }

  const fits = (address: string, bytes: number): boolean =>
    held + bytes <= totalBytes && (byAddress.get(address) ?? 0) + bytes <= perAddressBytes;
  return {
    fits,
    take(address, bytes) {
      if (!fits(address, bytes)) return false;
      change(address, bytes);
      return true;
    },
    giveBack: (address, bytes) => change(address, -bytes),
  };
}
