/** A number of things, in English. */
export function some(count: string, thing: string): string {
  return `${count} ${thing}${count === '1' ? '' : 's'}`
}

/** The same in French, where 0 and 1 are singular. */
export function quelques(count: string, thing: string): string {
  return `${count} ${thing}${isOne(count) ? '' : 's'}`
}

/** Whether a number is singular in French. */
export function isOne(count: string): boolean {
  return count === '0' || count === '1'
}
