import { type CallHistory, MethodCall, MethodReturn } from '../engine/detect/call-history.js'
import { ProgramFault } from '../engine/errors.js'
import { perform, type Steps } from '../engine/operation.js'
import { placeOfCaller, recordedPlace } from '../engine/place.js'

// eslint-disable-next-line typescript/no-explicit-any -- methods take and return what they like
type Method = (...args: any[]) => Steps<any>

/** A model's methods: some of an object's, with the same arguments. */
export type ModelMethods<T, S> = {
  readonly [K in keyof T]?: T[K] extends (...args: infer A) => Steps<infer R>
    ? (state: S, ...args: A) => { readonly state: S; readonly result: R | { readonly throws: string } } | null
    : never
}

/** The methods of an object that a model describes. */
export type RecordedMethods<T, M> = { readonly [K in keyof T & keyof M]: T[K] }

/** The object's methods that the model describes, each recorded as it is called and as it returns. */
export function recorded(
  history: CallHistory,
  object: object,
  methods: readonly string[],
): Readonly<Record<string, Method>> {
  return Object.fromEntries(
    methods.map((name) => [name, recordedMethod(history, name, methodOf(history, object, name))]),
  )
}

function methodOf(history: CallHistory, object: object, name: string): Method {
  const method = (object as Readonly<Record<string, unknown>>)[name]
  if (typeof method === 'function') return (...args) => (method as Method).apply(object, args)
  throw new ProgramFault('program/no-method', `“${history.of}” has no method ${name}, which its model describes`, {
    place: placeOfCaller(),
    hint: 'describe methods that the object has',
  })
}

function recordedMethod(history: CallHistory, name: string, method: Method): Method {
  return function* (...args) {
    yield* perform(new MethodCall(history, name, args, recordedPlace()))
    let result: unknown
    try {
      result = yield* method(...args)
    } catch (error) {
      yield* perform(new MethodReturn(history, name, { throws: describe(error) }, recordedPlace()))
      throw error
    }
    yield* perform(new MethodReturn(history, name, result, recordedPlace()))
    return result
  }
}

function describe(error: unknown): string {
  return error instanceof Error ? `${error.name}: ${error.message}` : String(error)
}
