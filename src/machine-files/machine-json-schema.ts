import { z } from 'zod'
import { machineSchema } from './machine-schema.js'

/** The JSON schema of machine files, for editors that check and complete them. It says what shape they have; some rules between values only `parseMachine` knows. */
export function machineJsonSchema(): object {
  return { title: 'A modelled computer of entrelacs', ...z.toJSONSchema(machineSchema, { io: 'input' }) }
}
