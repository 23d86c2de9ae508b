/** Numbers as people read them. */

/** A number of accounts: 10,000, 1 million. */
export function accountsText(accounts: number): string {
  return accounts < 1e6 ? accounts.toLocaleString('en') : `${(accounts / 1e6).toLocaleString('en')} million`;
}

/** Two digits that count, and no more than two after the point: 0.02, 3.4, 56, 12,000. */
export function numberText(number: number): string {
  if (Number.isInteger(number) && number < 100) return String(number);
  if (number < 0.005) return '< 0.01';
  if (number < 1) return number.toFixed(2);
  if (number < 10) return number.toFixed(1);
  const unit = 10 ** Math.max(0, Math.floor(Math.log10(number)) - 1);
  return (Math.round(number / unit) * unit).toLocaleString('en');
}
