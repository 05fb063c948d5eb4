import type { SharedObject } from '../../operation.js'

/**
 * What carries messages on a simulated machine: the nanoseconds that one takes to a node, or null if it is lost.
 *
 * @param from the identity of the thread that sends it.
 */
export type Delivery = (from: string, toNode: number, message: unknown, mayLose: boolean) => number | null

/** An object whose messages a simulated machine carries; without one, `delivery` is null and they go as the object says. */
export interface DeliveredObject extends SharedObject {
  /** Set before the program begins. */
  delivery: Delivery | null
}

export function isDelivered(object: SharedObject): object is DeliveredObject {
  return (object as Partial<DeliveredObject>).delivery !== undefined
}
