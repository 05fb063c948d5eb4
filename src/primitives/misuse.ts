import { MisuseError } from '../engine/errors.js'
import { type Operation, perform, type SharedObject, type Steps } from '../engine/operation.js'
import { recordedPlace } from '../engine/place.js'

/** A step that is nothing but the misuse of an object: for methods of several steps that find out that they are one. */
export function* misuse(object: SharedObject, name: string, message: string): Steps<never> {
  const operation: Operation<never> = {
    object,
    name,
    args: [message],
    cost: 'none',
    place: recordedPlace(),
    ways: () => 1,
    apply: () => {
      throw new MisuseError(message)
    },
    footprint: () => ({ reads: [], writes: [] }),
    label: () => name,
    holder: () => null,
  }
  yield* perform(operation)
  throw new MisuseError(message)
}
