import { Occurrence } from './occurrence.js'

/** An occurrence that anybody lets happen: made by `Environment.signal`. */
export class Signal<T = void> extends Occurrence<T> {
  /**
   * Lets it happen: those who wait go on at the present time, after what is due already.
   *
   * @throws KernelError `kernel/happened` if it has fired or failed before.
   */
  fire(value: T): void {
    this.settleWith(value)
  }

  /**
   * Lets it fail: the error is thrown in those who wait, or by `run` if nobody does by the end of the instant.
   *
   * @throws KernelError `kernel/happened` if it has fired or failed before.
   */
  fail(error: unknown): void {
    this.failWith(error)
  }
}
